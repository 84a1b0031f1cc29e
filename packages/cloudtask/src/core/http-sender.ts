import type { AbortSource } from "./abort-source.ts";

/**
 * An agent of `node:http` or `node:https`, or a subclass. Declared without Node's types, which not every project has.
 *
 * @example
 * ```ts
 * const agent: HttpAgent = new https.Agent({ keepAlive: true, ca });
 * ```
 */
export interface HttpAgent {
  /** The number of connections to one host. */
  readonly maxSockets: number;
  destroy(): unknown;
}

/** Options of `createHttpSender()`. */
export interface HttpSenderOptions {
  /** Replaces the sender's own agent. The sender does not close it. */
  readonly agent?: HttpAgent | undefined;
  /** `true` to use the proxy that Node itself uses, with `NODE_USE_ENV_PROXY=1` or `--use-env-proxy`. Default `false`. */
  readonly proxy?: boolean | undefined;
}

/** A small HTTP request. The body is one string, and each header has one value. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Aborts the request. The promise then rejects with the signal's reason. */
  readonly signal: AbortSource;
  /** Called when the request has a connection. The other side cannot have received it before. */
  readonly onConnection?: (() => void) | undefined;
}

/** A small HTTP response. The body is one string, and header names are in lower case. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends small HTTP requests over persistent connections. A client has its own, and closes it. */
export interface HttpSender {
  /**
   * Sends a request.
   *
   * @returns the response, with any status
   * @throws the error of the socket if there is no response; the signal's reason if the request was aborted
   */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Closes idle connections. */
  close(): Promise<void>;
}
