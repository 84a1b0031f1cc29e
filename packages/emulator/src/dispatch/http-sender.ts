import http, { type ClientRequest } from "node:http";
import https from "node:https";
import { errorMessage } from "cloudtask/internal";
import type { Attempt } from "../engine/engine-state.ts";
import type { AttemptResult } from "../engine/finish-attempt.ts";
import type { OAuthRequest, OidcRequest, TaskRequest } from "../engine/records.ts";
import { dispatchHeaders } from "./dispatch-headers.ts";
import type { Observer, ReceivedResponse, SentRequest } from "./exchange.ts";
import { headOf, readAnswer } from "./read-answer.ts";
import { retryAfter } from "./retry-after.ts";
import { type TargetOptions, targetOf } from "./target.ts";

/**
 * Milliseconds after which an idle connection is closed. A Node server closes idle connections after 5 s. Closing earlier
 * avoids sending a request over a connection that the server is just closing.
 */
const IDLE_CONNECTION_MS = 4_000;

/** Options of a sender. */
export interface SenderOptions extends TargetOptions {
  readonly now: () => number;
  /** Creates the token of a dispatch. `url` is the audience if the task sets none. */
  readonly mint: (authorization: OidcRequest | OAuthRequest, url: string) => Promise<string>;
}

/** Sends the requests of attempts over keep-alive connections. It does not follow redirects: a 3xx is an answer like any other. */
export class HttpSender {
  readonly #options: SenderOptions;
  readonly #http = new http.Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS });
  readonly #https = new https.Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS });

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /**
   * Sends the request of an attempt. Never throws.
   *
   * @param observer - gets the sent request and the response, and can abort the request
   */
  async send(attempt: Attempt, request: TaskRequest, observer: Observer): Promise<AttemptResult> {
    try {
      const sent = await this.#prepare(attempt, request);
      observer.onRequest(sent);
      const received = await this.#exchange(sent, observer);
      observer.onResponse(received);
      const header = received.headers.find(([name]) => name.toLowerCase() === "retry-after");
      return { kind: "answered", status: received.status, notBefore: retryAfter(header?.[1], this.#options.now()) };
    } catch (error) {
      return { kind: "unreachable", reason: reasonOf(error) };
    }
  }

  /** Closes all keep-alive connections. */
  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  async #prepare({ task, taskBefore }: Attempt, request: TaskRequest): Promise<SentRequest> {
    const target = targetOf(request, task.queue.record, this.#options);
    const { authorization, method, url, body } = target;
    const token = authorization && (await this.#options.mint(authorization, target.uri));
    return { method, url: url.href, headers: dispatchHeaders(taskBefore, request.kind, target, token), body };
  }

  #exchange(sent: SentRequest, { signal, bodyBytes }: Observer): Promise<ReceivedResponse> {
    return new Promise((resolve, reject) => {
      const outgoing = this.#open(sent, signal);
      outgoing.on("error", reject);
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

  #open({ method, url, headers }: SentRequest, signal: AbortSignal): ClientRequest {
    const target = new URL(url);
    // Node treats port 0 as unset and would connect to the default port of the scheme.
    if (target.port === "0") throw new Error("the URL has port 0; use the port that the target listens on");
    // Node sends a flat list unchanged: it keeps the case of the names and adds no headers.
    const options = { method, headers: headers.flat(), signal };
    return target.protocol === "https:"
      ? https.request(target, { ...options, agent: this.#https })
      : http.request(target, { ...options, agent: this.#http });
  }
}

/** Connecting to a host with several addresses fails with an AggregateError, whose own message is empty. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return errorMessage(error);
}
