import { argumentPlace } from "../values/place.ts";

/**
 * @param values - `localhost=host.docker.internal`, of each `--rewrite-host`
 * @throws UsageError where one of the two hosts is missing
 */
export function rewriteHostsFromFlags(values: readonly string[]): Record<string, string> {
  const pairs = values.map((value) => {
    const [, from, to] = /^([^=\s]+)=([^=\s]+)$/.exec(value) ?? [];
    if (from !== undefined && to !== undefined) return [from, to] as const;
    throw argumentPlace(`--rewrite-host ${value}`).refuse("expected FROM=TO, as in localhost=host.docker.internal");
  });
  return Object.fromEntries(pairs);
}

/**
 * @param values - `http://localhost:8080` or `api=http://localhost:8081`, of each `--app-engine`
 * @returns the URL of each service; one without a service is that of the default service, which serves all that have none
 * @throws UsageError where it is neither
 */
export function appEngineFromFlags(values: readonly string[]): Record<string, string> {
  const targets = values.map((value) => {
    const [, service = "default", url = ""] = /^(?:([a-z0-9-]+)=)?(https?:\/\/.+)$/.exec(value) ?? [];
    if (URL.canParse(url)) return [service, url] as const;
    throw argumentPlace(`--app-engine ${value}`).refuse("expected URL or SERVICE=URL, as in api=http://localhost:8081");
  });
  return Object.fromEntries(targets);
}
