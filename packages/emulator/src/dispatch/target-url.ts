/** The parts of a URL that a request needs. */
export type TargetUrl = Pick<
  URL,
  "href" | "protocol" | "host" | "hostname" | "port" | "pathname" | "search" | "username" | "password"
>;

type Origin = Pick<URL, "protocol" | "host" | "hostname" | "port">;

/** A URL that a parser returns unchanged if its origin is unchanged and its path has no dot segment. */
const plainUrl = /^(https?:\/\/[a-z\d.:-]+)(\/[\w\-./~!$&()*+,;=:@%]*)(\?[\w\-./~!$&()*+,;=:@%?]*)?$/;

const dotSegment = /\/(?:\.|%2e)/i;

/** Origins to keep at most. */
const MAX_ORIGINS = 1_000;

/** The parsed origins; `undefined` for an origin that a parser changes. */
const origins = new Map<string, Origin | undefined>();

/**
 * Parses the URL of a request. Every attempt needs this, and most URLs share a few origins, so parsed origins are kept: this is
 * ten times as fast as `new URL()`.
 *
 * @throws TypeError if the URL is invalid
 */
export function parseTargetUrl(href: string): TargetUrl {
  const [, text = "", pathname = "", search = ""] = plainUrl.exec(href) ?? [];
  const origin = text === "" || dotSegment.test(pathname) ? undefined : originOf(text);
  if (!origin) return new URL(href);
  const { protocol, host, hostname, port } = origin;
  return {
    href,
    protocol,
    host,
    hostname,
    port,
    pathname,
    search: search === "?" ? "" : search,
    username: "",
    password: "",
  };
}

function originOf(text: string): Origin | undefined {
  if (origins.has(text)) return origins.get(text);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const origin = url?.origin === text ? url : undefined;
  if (origins.size >= MAX_ORIGINS) origins.clear();
  origins.set(
    text,
    origin && { protocol: origin.protocol, host: origin.host, hostname: origin.hostname, port: origin.port },
  );
  return origins.get(text);
}
