import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import { RpcError } from "../service/rpc-error.ts";

/** Under which names an emulator is called. */
export interface AccessOptions {
  /** The address that it listens on. */
  readonly host: string;
  /** Other names, as `hostnameOf` writes them. */
  readonly allowedHosts: readonly string[];
}

/**
 * Keeps web pages out. Whoever creates a task chooses a URL and headers that this machine then calls, and a page that happens
 * to be open in the same machine's browser can send requests here: directly, or under a name of its own that it lets point
 * to 127.0.0.1 (DNS rebinding). A browser gives both away, by `Origin` and by `Host`.
 *
 * The type of a body is not looked at, although a cross-site form can send only three: a browser sends `Origin` with every
 * cross-site POST, while one of the three is what `curl -d` sends, and another what `fetch` makes of a string.
 */
export class AccessGuard {
  readonly #names: ReadonlySet<string>;
  readonly #isWildcard: boolean;

  constructor({ host, allowedHosts }: AccessOptions) {
    const own = hostnameOf(isIP(host) === 6 ? `[${host}]` : host);
    this.#names = new Set(own === undefined ? allowedHosts : [own, ...allowedHosts]);
    this.#isWildcard = own === "0.0.0.0" || own === "[::]";
  }

  /** @throws RpcError PERMISSION_DENIED for a request that a web page may have caused */
  check({ host = "", origin }: IncomingHttpHeaders): void {
    const name = hostnameOf(host);
    if (name === undefined || !this.#isOwn(name)) throw foreignHost(name ?? host);
    if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) throw foreignOrigin(origin);
  }

  #isOwn(name: string): boolean {
    const address = name.replace(/^\[|\]$/g, "");
    const isLoopback = address === "::1" || (isIP(address) === 4 && address.startsWith("127."));
    const isLocalName = name === "localhost" || name.endsWith(".localhost");
    // A number cannot be made to point elsewhere, so only a name has to be allowed.
    return isLoopback || isLocalName || this.#names.has(name) || (this.#isWildcard && isIP(address) !== 0);
  }
}

/**
 * @param host - with or without a port, an IPv6 address in brackets
 * @returns the host as a URL has it, in lower case and without port; undefined where it is none
 */
export function hostnameOf(host: string): string | undefined {
  const url = `http://${host}`;
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

function foreignHost(name: string): RpcError {
  return new RpcError(
    "PERMISSION_DENIED",
    `The Host ${JSON.stringify(name)} is none of this emulator's, and a web page could have made it point here. Call the emulator as localhost or 127.0.0.1, or start it with this name in its option allowedHosts.`,
  );
}

function foreignOrigin(origin: string): RpcError {
  return new RpcError(
    "PERMISSION_DENIED",
    `The request comes from a web page of the Origin ${JSON.stringify(origin)}, which could make this machine call any URL. Only programs may call the emulator: call it from your server, which sends no Origin.`,
  );
}
