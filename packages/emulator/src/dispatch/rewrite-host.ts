/**
 * The URL to connect to instead.
 *
 * @param hosts - by host, or by host and port, which goes first; what it is replaced by may bring a port of its own
 */
export function rewriteHost(url: URL, hosts: Readonly<Record<string, string>>): URL {
  const to = replacement(url.host, hosts) ?? replacement(url.hostname, hosts);
  if (to === undefined) return url;
  const rewritten = new URL(url);
  rewritten.host = to;
  return rewritten;
}

function replacement(host: string, hosts: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(hosts).find(([from]) => from.toLowerCase() === host)?.[1];
}
