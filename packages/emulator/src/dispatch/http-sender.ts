import { errorMessage } from "cloudtask/internal";
import type { Attempt } from "../engine/engine-state.ts";
import type { AttemptResult } from "../engine/finish-attempt.ts";
import type { OAuthRequest, OidcRequest, TaskRequest } from "../engine/records.ts";
import { type ConnectionOptions, Connections } from "./connections.ts";
import { dispatchHeaders } from "./dispatch-headers.ts";
import type { Observer, ReceivedResponse, SentRequest } from "./exchange.ts";
import { redirectedRequest } from "./redirected-request.ts";
import { retryAfter } from "./retry-after.ts";
import { type TargetOptions, targetOf } from "./target.ts";

/** The limit of `fetch`: https://fetch.spec.whatwg.org/#http-redirect-fetch */
const MAX_REDIRECTS = 20;

/** Options of a sender. */
export interface SenderOptions extends TargetOptions, ConnectionOptions {
  readonly now: () => number;
  /** Creates the token of a dispatch. `audience` is the audience if neither task nor queue sets one. */
  readonly mint: (authorization: OidcRequest | OAuthRequest, audience: string) => Promise<string>;
}

/** Sends the requests of attempts. */
export class HttpSender {
  readonly #options: SenderOptions;
  readonly #connections: Connections;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#connections = new Connections(options);
  }

  /**
   * Sends the request of an attempt and follows redirects. Never throws.
   *
   * @param observer - gets the first request and the last response, and can abort the attempt
   */
  async send(attempt: Attempt, request: TaskRequest, observer: Observer): Promise<AttemptResult> {
    try {
      const sent = await this.#prepare(attempt, request);
      observer.onRequest(sent);
      const received = await this.#follow(sent, observer);
      observer.onResponse(received);
      const header = received.headers.find(([name]) => name.toLowerCase() === "retry-after");
      return { kind: "answered", status: received.status, notBefore: retryAfter(header?.[1], this.#options.now()) };
    } catch (error) {
      return { kind: "unreachable", reason: reasonOf(error) };
    }
  }

  /** Closes all keep-alive connections. */
  close(): void {
    this.#connections.close();
  }

  async #prepare({ task, taskBefore }: Attempt, request: TaskRequest): Promise<SentRequest> {
    const target = targetOf(request, task.queue.record, this.#options);
    const { authorization, method, url, body } = target;
    const token = authorization && (await this.#options.mint(authorization, target.audience));
    return { method, url: url.href, headers: dispatchHeaders(taskBefore, request.kind, target, token), body };
  }

  async #follow(first: SentRequest, observer: Observer): Promise<ReceivedResponse> {
    let sent = first;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const received = await this.#connections.exchange(sent, observer);
      const next = redirectedRequest(sent, received);
      if (!next) return sent === first ? received : { ...received, redirectedTo: sent.url };
      sent = next;
    }
    throw new Error(`the target redirected more than ${MAX_REDIRECTS} times, the last time to ${sent.url}`);
  }
}

/** Connecting to a host with several addresses fails with an AggregateError, whose own message is empty. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return errorMessage(error);
}
