import type { TargetUrl } from "./target-url.ts";

/**
 * Returns the URL to connect to: the given one with its host replaced. Only the connection uses it. The request keeps the host
 * of the task's URL, because frameworks check the `Host` header, and certificates contain the original name.
 *
 * @param hosts - new hosts by old host. A key with a port is preferred over one without. A new host without a port keeps the
 *   port of the URL.
 */
export function rewriteHost(url: TargetUrl, hosts: Readonly<Record<string, string>>): TargetUrl {
  if (Object.keys(hosts).length === 0) return url;
  const newHost = replacement(url.host, hosts) ?? replacement(url.hostname, hosts);
  if (newHost === undefined) return url;
  const rewritten = new URL(url.href);
  rewritten.host = newHost;
  return rewritten;
}

function replacement(host: string, hosts: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(hosts).find(([from]) => from.toLowerCase() === host)?.[1];
}
