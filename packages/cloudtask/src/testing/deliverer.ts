import { forwardAbort } from "../core/abort-signal.ts";
import { Overrides } from "../dependencies/overrides.ts";
import type { Registry } from "../execution/registry.ts";
import { DeliveryServer } from "../worker/delivery-server.ts";
import { type Outcome, outcomeAnswer } from "../worker/outcome-response.ts";
import { resolveWorkerOptions } from "../worker/worker-options.ts";
import { type Attempt, deliveryRequest } from "./delivery-request.ts";
import { parsePayload, type RequestedTask } from "./stored-task.ts";
import type { TestDelivery } from "./test-delivery.ts";
import { textStream } from "./text-stream.ts";

/** Dependencies and their replacements. */
export type Replacements = readonly (readonly [dependency: object, replacement: unknown])[];

interface DelivererOptions {
  /** Returns the current time in milliseconds since the epoch. */
  readonly now: () => number;
  /** Runs a delivery, and keeps the pushes of its handler inside the test. */
  readonly isolate: <T>(run: () => Promise<T>) => Promise<T>;
}

/** Delivers tasks to a client's worker in this process. */
export class Deliverer {
  readonly #registry: Registry;
  readonly #options: DelivererOptions;
  readonly #server: DeliveryServer;
  readonly #closing = new AbortController();

  constructor(registry: Registry, options: DelivererOptions) {
    this.#registry = registry;
    this.#options = options;
    // The worker still checks the secret. It cannot check an OIDC token, because only Google can sign one.
    const workerOptions = resolveWorkerOptions({ allowUnauthenticated: true });
    this.#server = new DeliveryServer(registry, workerOptions, { now: options.now });
  }

  /** @throws TypeError if a replaced value is not a dependency; Error after `close()` */
  async deliver(task: RequestedTask, attempt: Attempt, replacements: Replacements = []): Promise<TestDelivery> {
    this.throwIfClosed();
    const options = this.#optionsWith(replacements);
    const { task: name, payload } = parsePayload(task.body, this.#registry.serializer);
    const controller = new AbortController();
    const stopForwarding = [attempt.signal, this.#closing.signal].map((signal) => forwardAbort(signal, controller));
    const request = deliveryRequest(task, { ...attempt, signal: controller.signal });
    const outcome = await this.#options.isolate(() => this.#server.outcomeOf(request, options));
    for (const stop of stopForwarding) stop();
    return {
      task: name,
      payload,
      id: attempt.id,
      queue: attempt.queue,
      attempt: attempt.attempt,
      scheduledAt: new Date(attempt.scheduledMs),
      ...resultOf(outcome),
      response: this.#responseTo(outcome),
    };
  }

  #responseTo(outcome: Outcome): Response {
    const { text, ...init } = outcomeAnswer(outcome, this.#options.now());
    return new Response(textStream(text), init);
  }

  /** Aborts running deliveries and rejects later ones. */
  close(): void {
    this.#closing.abort(closedError());
  }

  throwIfClosed(): void {
    if (this.#closing.signal.aborted) throw closedError();
  }

  #optionsWith(replacements: Replacements): { readonly overrides?: Overrides } {
    if (replacements.length === 0) return {};
    const overrides = new Overrides(this.#registry.overrides);
    for (const [dependency, replacement] of replacements) {
      overrides.set(dependency as Parameters<Overrides["set"]>[0], replacement);
    }
    return { overrides };
  }
}

function closedError(): Error {
  return new Error(
    "this test client was closed or reset while a delivery was running; await every delivery before the test ends",
  );
}

function resultOf(outcome: Outcome): Pick<TestDelivery, "outcome" | "result" | "error" | "reason"> {
  return {
    outcome: outcome.kind,
    result: "result" in outcome ? outcome.result : undefined,
    error: "message" in outcome ? new Error(outcome.message) : "error" in outcome ? outcome.error : undefined,
    reason: "reason" in outcome ? outcome.reason : undefined,
  };
}
