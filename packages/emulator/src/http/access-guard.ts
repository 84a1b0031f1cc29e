import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import { RpcError } from "../service/rpc-error.ts";

type Server = "emulator" | "dashboard";

/** The danger of pages of another origin, and the names to use. */
const TEXTS: Readonly<Record<Server, { readonly danger: string; readonly names: string }>> = {
  emulator: {
    danger: "a page could make this machine request any URL",
    names: "Call the emulator as localhost or 127.0.0.1, or add the name to the option allowedHosts.",
  },
  dashboard: {
    danger: "a page could read and change your queues",
    names: "Open the dashboard as localhost or 127.0.0.1.",
  },
};

/** The host names of a server. */
export interface AccessOptions {
  /** The address that the server listens on. */
  readonly host: string;
  /** Further names, as returned by `hostnameOf()`. */
  readonly allowedHosts: readonly string[];
  /** The server, for messages; default: `emulator`. */
  readonly server?: Server;
}

/**
 * Rejects requests of web pages. The creator of a task chooses a URL and headers, which this machine then requests. A page in a
 * browser on this machine could send such a task: directly, or under a host name of its own that resolves to 127.0.0.1 (DNS
 * rebinding). The first is visible in `Origin`, or in `Sec-Fetch-Site` for requests that have no `Origin`; the second in `Host`.
 *
 * The Content-Type is not checked. Browsers send `Origin` with every cross-site POST, and two of the three types that a
 * cross-site form can send are also the defaults of `curl -d` and of `fetch` with a string.
 */
export class AccessGuard {
  readonly #names: ReadonlySet<string>;
  readonly #isWildcard: boolean;
  readonly #server: Server;
  /** The host of the last accepted request. Clients send the same one with every request, and parsing it takes microseconds. */
  #accepted: string | undefined;

  constructor({ host, allowedHosts, server = "emulator" }: AccessOptions) {
    this.#server = server;
    const own = hostnameOf(isIP(host) === 6 ? `[${host}]` : host);
    this.#names = new Set(own === undefined ? allowedHosts : [own, ...allowedHosts]);
    this.#isWildcard = own === "0.0.0.0" || own === "[::]";
  }

  /** @throws RpcError PERMISSION_DENIED for a request that a web page may have caused */
  check(headers: IncomingHttpHeaders): void {
    const { host = "", origin, "sec-fetch-site": site, "sec-fetch-mode": mode } = headers;
    if (host !== this.#accepted) this.#checkHost(host);
    if (origin !== undefined && !isOriginOf(host, origin)) throw foreignOrigin(origin, this.#server);
    // A link to the emulator is allowed. Browsers send Origin with a form that a page submits.
    if ((site === "cross-site" || site === "same-site") && mode !== "navigate") throw foreignSite(site, this.#server);
  }

  #checkHost(host: string): void {
    const name = hostnameOf(host);
    if (name === undefined || !this.#isOwn(name)) throw foreignHost(name ?? host, this.#server);
    this.#accepted = host;
  }

  #isOwn(name: string): boolean {
    const address = name.replace(/^\[|\]$/g, "");
    const isLoopback = address === "::1" || (isIP(address) === 4 && address.startsWith("127."));
    // Docker resolves host.docker.internal to this machine. A web page cannot: the domain .internal is not public.
    const isLocalName = name === "localhost" || name.endsWith(".localhost") || name === "host.docker.internal";
    // An IP address cannot be rebound, so only names have to be allowed.
    return isLoopback || isLocalName || this.#names.has(name) || (this.#isWildcard && isIP(address) !== 0);
  }
}

/**
 * Normalizes a host.
 *
 * @param host - with or without a port; an IPv6 address in brackets
 * @returns the host in lower case and without a port, as in a URL; undefined if it is invalid
 */
export function hostnameOf(host: string): string | undefined {
  const url = `http://${host}`;
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

/** HTTPS is the origin behind a proxy that ends TLS. */
function isOriginOf(host: string, origin: string): boolean {
  return [`http://${host}`, `https://${host}`].some((own) => own.toLowerCase() === origin.toLowerCase());
}

function foreignSite(site: string, server: Server): RpcError {
  return new RpcError(
    "PERMISSION_DENIED",
    `The request has Sec-Fetch-Site: ${site}, so a web page of another origin caused it. Call the ${server} from a server, or open its own page.`,
  );
}

function foreignHost(name: string, server: Server): RpcError {
  return new RpcError(
    "PERMISSION_DENIED",
    `The Host ${JSON.stringify(name)} is not a name of this ${server}. Requests under unknown names are rejected, because a web page could make such a name resolve to this machine. ${TEXTS[server].names}`,
  );
}

function foreignOrigin(origin: string, server: Server): RpcError {
  return new RpcError(
    "PERMISSION_DENIED",
    `The request has the Origin ${JSON.stringify(origin)}, so a web page sent it. Requests of web pages are rejected, because ${TEXTS[server].danger}. Call the ${server} from a server, which sends no Origin.`,
  );
}
