import http, { type ClientRequest, type RequestOptions } from "node:http";
import https from "node:https";
import { isIP, type Socket } from "node:net";
import { checkServerIdentity, type SecureContext } from "node:tls";
import type { Observer, ReceivedResponse, SentRequest } from "./exchange.ts";
import { headOf, readAnswer } from "./read-answer.ts";
import { rewriteHost } from "./rewrite-host.ts";

/**
 * Milliseconds after which an idle connection is closed. Servers close idle connections too: gunicorn after 2 s, Node after 5 s.
 * Closing earlier avoids most requests over a connection that the server is just closing.
 */
const IDLE_CONNECTION_MS = 1_000;

/** The errors of a connection that the other side has closed. */
const closedCodes = ["ECONNRESET", "EPIPE"];

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
  readonly #http = new http.Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS });
  readonly #https: https.Agent;
  readonly #newHttp = new http.Agent();
  readonly #newHttps: https.Agent;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { secureContext, allowUnverifiedTls } = options;
    const tls = { ...(secureContext && { secureContext }), rejectUnauthorized: !allowUnverifiedTls };
    this.#https = new https.Agent({ ...tls, keepAlive: true, timeout: IDLE_CONNECTION_MS });
    this.#newHttps = new https.Agent(tls);
  }

  /**
   * Sends a request and reads its response. If a connection from an earlier request closes before the first byte of the
   * response, the target was just closing it. The request is then sent once more, over a new connection.
   */
  async exchange(sent: SentRequest, observer: Observer): Promise<ReceivedResponse> {
    try {
      return await this.#send(sent, observer, true);
    } catch (error) {
      if (!(error instanceof ClosedConnection)) throw error;
      return this.#send(sent, observer, false);
    }
  }

  /** Closes all keep-alive connections. */
  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #send(sent: SentRequest, { signal, bodyBytes }: Observer, mayReuse: boolean): Promise<ReceivedResponse> {
    return new Promise((resolve, reject) => {
      const outgoing = this.#open(sent, signal, mayReuse);
      const hasAnswer = watchAnswer(outgoing);
      outgoing.on("error", (error: NodeJS.ErrnoException) => {
        const isClosed = outgoing.reusedSocket && closedCodes.includes(error.code ?? "") && !hasAnswer();
        reject(isClosed ? new ClosedConnection(error.message, { cause: error }) : error);
      });
      // The request did not ask for an upgrade, so a 101 is an answer without a body.
      outgoing.on("upgrade", (response, socket) => {
        socket.destroy();
        resolve(headOf(response));
      });
      outgoing.on("response", (response) => {
        readAnswer(response, bodyBytes).then(resolve, reject);
      });
      outgoing.end(sent.body);
    });
  }

  #open({ method, url, headers }: SentRequest, signal: AbortSignal, mayReuse: boolean): ClientRequest {
    const target = new URL(url);
    // Node treats port 0 as unset and would connect to the default port of the scheme.
    if (target.port === "0") throw new Error("the URL has port 0; use the port that the target listens on");
    // Node sends a flat list unchanged: it keeps the case of the names and adds no headers.
    const options = { method, headers: headers.flat(), signal, ...this.#address(target) };
    return target.protocol === "https:"
      ? https.request(target, { ...options, agent: mayReuse ? this.#https : this.#newHttps })
      : http.request(target, { ...options, agent: mayReuse ? this.#http : this.#newHttp });
  }

  /** Connects elsewhere if the host is rewritten. The server's name in TLS remains the one of the URL. */
  #address(url: URL): RequestOptions & https.RequestOptions {
    const to = rewriteHost(url, this.#options.rewriteHosts);
    if (to === url) return {};
    const name = plainHost(url);
    const address = { hostname: plainHost(to), port: to.port };
    if (url.protocol === "http:") return address;
    // An IP address is no server name: RFC 6066, 3.
    const servername = isIP(name) !== 0 ? "" : name;
    return { ...address, servername, checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate) };
  }
}

/** A connection from an earlier request was closed by the target before it answered. */
class ClosedConnection extends Error {}

/** Returns a function that checks whether any byte of a response arrived. */
function watchAnswer(outgoing: ClientRequest): () => boolean {
  let socket: Socket | undefined;
  let bytesBefore = 0;
  outgoing.on("socket", (assigned) => {
    socket = assigned;
    if (outgoing.reusedSocket) bytesBefore = assigned.bytesRead;
  });
  return () => {
    // TLS itself exchanges bytes when it closes, so they don't prove an answer there.
    const isEncrypted = socket !== undefined && "encrypted" in socket;
    return !isEncrypted && (socket?.bytesRead ?? 0) > bytesBefore;
  };
}

/** Returns the host of a URL without the brackets of an IPv6 address. */
function plainHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}
