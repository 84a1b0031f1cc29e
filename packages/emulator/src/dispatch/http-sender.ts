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
 * An idle connection is closed after this time: sooner than the 5 s after which a Node server closes it, so that a request
 * is rarely sent into a connection that is just being closed.
 */
const IDLE_CONNECTION_MS = 4_000;

/** What a sender needs of the emulator around it. */
export interface SenderOptions extends TargetOptions {
  readonly now: () => number;
  /** Mints the token of a dispatch; the URL is the audience where none is set. */
  readonly mint: (authorization: OidcRequest | OAuthRequest, url: string) => Promise<string>;
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
   * @param observer - told what goes out and what comes back; may give the request up, which counts as unreachable
   * @returns how it ended; never throws
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

  /** Closes the connections that are kept. */
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
      // Nobody asked for another protocol: an answer like any other, save that nothing can follow it.
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
    // Node takes it for no port at all, and connects to that of the scheme.
    if (target.port === "0")
      throw new Error("the URL has port 0, where nothing can listen: give it the target's own port");
    // A flat list is sent as it is: names keep their case, and nothing is added.
    const options = { method, headers: headers.flat(), signal };
    return target.protocol === "https:"
      ? https.request(target, { ...options, agent: this.#https })
      : http.request(target, { ...options, agent: this.#http });
  }
}

/** An AggregateError, from a host with several addresses, has no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return errorMessage(error);
}
