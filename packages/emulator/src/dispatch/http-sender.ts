import { errorMessage } from "cloudtask/internal";
import type { Attempt } from "../engine/engine-state.ts";
import type { AttemptResult } from "../engine/finish-attempt.ts";
import type { OAuthRequest, OidcRequest, TaskRequest } from "../engine/records.ts";
import { requestHead } from "./connection/request-head.ts";
import { type ConnectionOptions, Connections } from "./connections.ts";
import { dispatchHeaders } from "./dispatch-headers.ts";
import type { Observer, PreparedRequest, ReceivedResponse, SentRequest } from "./exchange.ts";
import { headerOf } from "./header-of.ts";
import { redirectedRequest } from "./redirected-request.ts";
import { retryAfter } from "./retry-after.ts";
import { type Target, type TargetOptions, targetOf } from "./target.ts";
import { parseTargetUrl, type TargetUrl } from "./target-url.ts";

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
      const target = targetOf(request, attempt.task.queue.record, this.#options);
      const { authorization, audience } = target;
      // Without a token there is nothing to wait for: the request is sent before this function returns.
      const token = authorization && (await this.#options.mint(authorization, audience));
      const sent = firstRequest(attempt, request, target, token);
      const answer = this.#follow(sent, observer);
      observer.onRequest(sent);
      const received = await answer;
      observer.onResponse(received);
      const header = headerOf(received.headers, "retry-after");
      return { kind: "answered", status: received.status, notBefore: retryAfter(header, this.#options.now()) };
    } catch (error) {
      return { kind: "unreachable", reason: reasonOf(error) };
    }
  }

  /** Closes all keep-alive connections. */
  close(): void {
    this.#connections.close();
  }

  async #follow(first: PreparedRequest, observer: Observer): Promise<ReceivedResponse> {
    let sent = first;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const received = await this.#connections.exchange(sent, observer);
      const next = redirectedRequest(sent, received);
      if (!next) return sent === first ? received : { ...received, redirectedTo: sent.url };
      sent = prepared(next, parseTargetUrl(next.url));
    }
    throw new Error(`the target redirected more than ${MAX_REDIRECTS} times, the last time to ${sent.url}`);
  }
}

function firstRequest(
  { taskBefore }: Attempt,
  { kind }: TaskRequest,
  target: Target,
  token: string | undefined,
): PreparedRequest {
  const { method, url, body } = target;
  return prepared({ method, url: url.href, headers: dispatchHeaders(taskBefore, kind, target, token), body }, url);
}

function prepared(sent: SentRequest, target: TargetUrl): PreparedRequest {
  return { ...sent, target, head: requestHead(sent, target) };
}

/** Connecting to a host with several addresses fails with an AggregateError, whose own message is empty. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return errorMessage(error);
}
