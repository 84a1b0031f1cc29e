import { isIP } from "node:net";
import type { SecureContext } from "node:tls";
import { lateBuiltin } from "../late-builtins.ts";
import { ConnectionPool } from "./connection/connection-pool.ts";
import { type Address, ClosedConnection } from "./connection/http-connection.ts";
import type { Observer, PreparedRequest, ReceivedResponse } from "./exchange.ts";
import { rewriteHost } from "./rewrite-host.ts";
import type { TargetUrl } from "./target-url.ts";

/** Options of the connections to targets. */
export interface ConnectionOptions {
  /** New hosts by old host. */
  readonly rewriteHosts: Readonly<Record<string, string>>;
  /** The trusted certificate authorities; unset means those of Node. */
  readonly secureContext: SecureContext | undefined;
  /** Whether to accept any certificate. */
  readonly allowUnverifiedTls: boolean;
}

/** Sends requests to targets over keep-alive connections. */
export class Connections {
  readonly #options: ConnectionOptions;
  readonly #pool = new ConnectionPool();
  #secureContext: SecureContext | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#secureContext = options.secureContext;
  }

  /**
   * Sends a request and reads its response. If a connection from an earlier request closes before the first byte of the
   * response, the target was just closing it. The request is then sent once more, over a new connection.
   */
  async exchange(request: PreparedRequest, observer: Observer): Promise<ReceivedResponse> {
    try {
      return await this.#send(request, observer, true);
    } catch (error) {
      if (!(error instanceof ClosedConnection)) throw error;
      return this.#send(request, observer, false);
    }
  }

  /** Closes all connections. */
  close(): void {
    this.#pool.close();
  }

  #send(request: PreparedRequest, observer: Observer, mayReuse: boolean): Promise<ReceivedResponse> {
    const { target } = request;
    const key = `${target.protocol}//${target.host}`;
    return this.#pool.connection(key, () => this.#address(target), mayReuse).exchange(request, observer);
  }

  /** Connects elsewhere if the host is rewritten. The server's name in TLS remains the one of the URL. */
  #address(url: TargetUrl): Address {
    // Node treats port 0 as unset and would connect to the default port of the scheme.
    if (url.port === "0") throw new Error("the URL has port 0; use the port that the target listens on");
    const to = rewriteHost(url, this.#options.rewriteHosts);
    const isSecure = url.protocol === "https:";
    const port = Number(to.port || (isSecure ? 443 : 80));
    return { host: plainHost(to), port, tls: isSecure ? this.#tls(plainHost(url)) : undefined };
  }

  #tls(name: string): Address["tls"] {
    // Creating a context takes milliseconds, so all connections share it.
    this.#secureContext ??= lateBuiltin("node:tls").createSecureContext();
    return {
      secureContext: this.#secureContext,
      rejectUnauthorized: !this.#options.allowUnverifiedTls,
      ALPNProtocols: ["http/1.1"],
      // An IP address is no server name: RFC 6066, 3.
      servername: isIP(name) === 0 ? name : "",
      checkServerIdentity: (_, certificate) => lateBuiltin("node:tls").checkServerIdentity(name, certificate),
    };
  }
}

/** Returns the host of a URL without the brackets of an IPv6 address. */
function plainHost({ hostname }: Pick<TargetUrl, "hostname">): string {
  return hostname.replace(/^\[|\]$/g, "");
}
