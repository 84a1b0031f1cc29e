import { argumentPosition } from "../values/position.ts";

/**
 * Parses the values of `--rewrite-host`, such as `localhost=host.docker.internal`.
 *
 * @throws UsageError if one of the hosts is missing
 */
export function rewriteHostsFromFlags(values: readonly string[], label = "--rewrite-host"): Record<string, string> {
  const pairs = values.map((value) => {
    const [, from, to] = /^([^=\s]+)=([^=\s]+)$/.exec(value) ?? [];
    if (from !== undefined && to !== undefined) return [from, to] as const;
    throw argumentPosition(`${label} ${value}`).error("expected FROM=TO, as in localhost=host.docker.internal");
  });
  return Object.fromEntries(pairs);
}

/**
 * Parses the values of `--app-engine`, such as `http://localhost:8080` or `api=http://localhost:8081`.
 *
 * @returns the URL of each service. A URL without a service is the one of `default`, which serves all other services
 * @throws UsageError if a value has another format
 */
export function appEngineFromFlags(values: readonly string[], label = "--app-engine"): Record<string, string> {
  const targets = values.map((value) => {
    const [, service = "default", url = ""] = /^(?:([a-z0-9-]+)=)?(https?:\/\/.+)$/.exec(value) ?? [];
    if (URL.canParse(url)) return [service, url] as const;
    throw argumentPosition(`${label} ${value}`).error("expected URL or SERVICE=URL, as in api=http://localhost:8081");
  });
  return Object.fromEntries(targets);
}
