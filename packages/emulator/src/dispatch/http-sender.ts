import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from "node:http";
import https from "node:https";
import type { Attempt } from "../engine/engine-state.ts";
import type { AttemptResult } from "../engine/finish-attempt.ts";
import type { OidcRequest, TaskRequest } from "../engine/records.ts";
import { dispatchHeaders } from "./dispatch-headers.ts";
import { retryAfter } from "./retry-after.ts";

/**
 * An idle connection is closed after this time: sooner than the 5 s after which a Node server closes it, so that a request
 * is rarely sent into a connection that is just being closed.
 */
const IDLE_CONNECTION_MS = 4_000;

/** Of an answer's body nothing is used: more than this is not waited for. */
const LARGEST_ANSWER = 1024 * 1024;

/** What a sender needs of the emulator around it. */
export interface SenderOptions {
  readonly now: () => number;
  /** Mints the token of a dispatch. */
  readonly mint: (oidc: OidcRequest, url: string) => Promise<string>;
}

/** Sends the requests of attempts, over connections that are kept for the next. Redirects are answers like any other. */
export class HttpSender {
  readonly #options: SenderOptions;
  readonly #http = new http.Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS });
  readonly #https = new https.Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS });

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /**
   * @param signal - gives the request up, which counts as unreachable
   * @returns how it ended; never throws
   */
  async send(attempt: Attempt, request: TaskRequest, signal: AbortSignal): Promise<AttemptResult> {
    try {
      const token = request.oidc && (await this.#options.mint(request.oidc, request.url));
      const target = new URL(request.url);
      const options = {
        method: request.method,
        headers: Object.fromEntries(dispatchHeaders(attempt, request, token)),
        signal,
      };
      const response = await this.#exchange(target, options, request.body);
      const notBefore = retryAfter(response.headers["retry-after"], this.#options.now());
      return { kind: "answered", status: response.statusCode ?? 0, notBefore };
    } catch (error) {
      return { kind: "unreachable", reason: reasonOf(error) };
    }
  }

  /** Closes the connections that are kept. */
  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #exchange(target: URL, options: RequestOptions, body: Uint8Array): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = this.#open(target, options);
      outgoing.on("error", reject);
      // Nobody asked for another protocol: an answer like any other, save that nothing can follow it.
      outgoing.on("upgrade", (response, socket) => {
        socket.destroy();
        resolve(response);
      });
      outgoing.on("response", (response) => {
        drain(response, () => resolve(response), reject);
      });
      outgoing.end(body);
    });
  }

  #open(target: URL, options: RequestOptions): ClientRequest {
    return target.protocol === "https:"
      ? https.request(target, { ...options, agent: this.#https })
      : http.request(target, { ...options, agent: this.#http });
  }
}

function drain(response: IncomingMessage, done: () => void, failed: (error: Error) => void): void {
  let size = 0;
  response.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= LARGEST_ANSWER) return;
    done();
    response.destroy();
  });
  response.on("end", done);
  response.on("error", failed);
  response.on("close", () => {
    if (!response.complete) failed(new Error("the connection closed before the answer was complete"));
  });
}

/** An AggregateError, from a host with several addresses, has no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
