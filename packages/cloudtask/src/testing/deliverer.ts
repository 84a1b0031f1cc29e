import { Overrides } from "../dependencies/overrides.ts";
import type { Registry } from "../execution/registry.ts";
import { abortWith } from "../transport/abort-signal.ts";
import type { Outcome } from "../worker/outcome-response.ts";
import { DeliveryServer } from "../worker/worker.ts";
import { resolveWorkerOptions } from "../worker/worker-options.ts";
import { type Attempt, deliveryRequest } from "./delivery-request.ts";
import type { TestDelivery } from "./test-delivery.ts";
import { readPayload } from "./wire-payload.ts";
import type { WireTask } from "./wire-task.ts";

/** What stands in for a dependency, and for which. */
export type Replaced = readonly (readonly [dependency: object, replacement: unknown])[];

/** What surrounds deliveries in a test. */
interface Surroundings {
  /** What time it is, in milliseconds since the epoch. */
  readonly now: () => number;
  /** Runs one so that what it pushes stays in the test. */
  readonly keeping: <T>(run: () => Promise<T>) => Promise<T>;
}

/** Delivers tasks to a client's worker, in this process. */
export class Deliverer {
  readonly #registry: Registry;
  readonly #surroundings: Surroundings;
  readonly #server: DeliveryServer;
  readonly #closing = new AbortController();

  /**
   * @param registry - the client's
   * @param surroundings - see `Surroundings`
   */
  constructor(registry: Registry, surroundings: Surroundings) {
    this.#registry = registry;
    this.#surroundings = surroundings;
    // The secret is demanded all the same; an OIDC token only Google can sign.
    const options = resolveWorkerOptions({ allowUnauthenticated: true });
    this.#server = new DeliveryServer(registry, options, { now: surroundings.now });
  }

  /**
   * @param task - what to deliver
   * @param attempt - which attempt of it
   * @param replaced - dependencies, and what stands in for them in this delivery
   * @returns what became of it
   * @throws TypeError where what is replaced is no dependency; Error once the test is over
   */
  async deliver(task: WireTask, attempt: Attempt, replaced: Replaced = []): Promise<TestDelivery> {
    this.refuseClosed();
    const options = this.#optionsWith(replaced);
    const { task: name, payload } = readPayload(task.body, this.#registry.serializer);
    const controller = new AbortController();
    const unfollow = [attempt.signal, this.#closing.signal].map((signal) => abortWith(signal, controller));
    const request = deliveryRequest(task, { ...attempt, signal: controller.signal });
    const outcome = await this.#surroundings.keeping(() => this.#server.outcomeOf(request, options));
    for (const stop of unfollow) stop();
    return {
      task: name,
      payload,
      id: attempt.id,
      queue: attempt.queue,
      attempt: attempt.attempt,
      scheduledAt: new Date(attempt.scheduledMs),
      ...toldOf(outcome),
      response: this.#server.responseTo(outcome),
    };
  }

  /** Aborts what runs, and refuses what is to be delivered from now on. */
  close(): void {
    this.#closing.abort(closed());
  }

  /** @throws Error once the test is over */
  refuseClosed(): void {
    if (this.#closing.signal.aborted) throw closed();
  }

  #optionsWith(replaced: Replaced): { readonly overrides?: Overrides } {
    if (replaced.length === 0) return {};
    const overrides = new Overrides(this.#registry.overrides);
    for (const [dependency, replacement] of replaced) {
      overrides.set(dependency as Parameters<Overrides["set"]>[0], replacement);
    }
    return { overrides };
  }
}

function closed(): Error {
  return new Error(
    "this test client was closed or reset while a delivery was under way: a test must await what it delivers",
  );
}

function toldOf(outcome: Outcome): Pick<TestDelivery, "outcome" | "result" | "error" | "reason"> {
  return {
    outcome: outcome.kind,
    result: "result" in outcome ? outcome.result : undefined,
    error: "message" in outcome ? new Error(outcome.message) : "error" in outcome ? outcome.error : undefined,
    reason: "reason" in outcome ? outcome.reason : undefined,
  };
}
