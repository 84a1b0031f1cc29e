import type { Registry } from "../execution/registry.ts";
import { type Outcome, responseTo } from "../worker/outcome.ts";
import { DeliveryServer } from "../worker/worker.ts";
import { resolveWorkerOptions } from "../worker/worker-options.ts";
import { type Attempt, deliveryRequest } from "./delivery-request.ts";
import type { TestDelivery } from "./test-delivery.ts";
import { readPayload } from "./wire-payload.ts";
import type { WireTask } from "./wire-task.ts";

/** What stands in for a dependency, and for which. */
export type Replaced = readonly (readonly [dependency: object, replacement: unknown])[];

/** Delivers tasks to a client's worker, in this process. */
export class Deliverer {
  readonly #registry: Registry;
  readonly #server: DeliveryServer;
  #replacing: Promise<unknown> = Promise.resolve();

  /** @param registry - the client's */
  constructor(registry: Registry) {
    this.#registry = registry;
    // The secret is demanded all the same; an OIDC token only Google can sign.
    this.#server = new DeliveryServer(registry, resolveWorkerOptions({ allowUnauthenticated: true }));
  }

  /**
   * @param task - what to deliver
   * @param attempt - which attempt of it
   * @returns what became of it; it never rejects
   */
  async deliver(task: WireTask, attempt: Attempt): Promise<TestDelivery> {
    const { task: name, payload } = readPayload(task.body, this.#registry.serializer);
    const outcome = await this.#server.outcomeOf(deliveryRequest(task, attempt));
    return {
      task: name,
      payload,
      id: attempt.id,
      queue: attempt.queue,
      attempt: attempt.attempt,
      scheduledAt: new Date(attempt.scheduledMs),
      ...toldOf(outcome),
      response: responseTo(outcome),
    };
  }

  /**
   * Replaces dependencies for as long as something runs. Two that do so take turns: each would otherwise run with what the other
   * put there, and put it back.
   *
   * @param replaced - the dependencies, and what stands in for them
   * @param run - what runs
   * @returns what it returned
   * @throws TypeError where one is no dependency
   */
  replacing<T>(replaced: Replaced, run: () => Promise<T>): Promise<T> {
    if (replaced.length === 0) return run();
    const running = this.#replacing.then(async () => {
      const undo: (() => void)[] = [];
      try {
        for (const [dependency, replacement] of replaced) {
          undo.unshift(this.#registry.override(dependency as Parameters<Registry["override"]>[0], replacement));
        }
        return await run();
      } finally {
        for (const restore of undo) restore();
      }
    });
    this.#replacing = running.catch(() => undefined);
    return running;
  }
}

function toldOf(outcome: Outcome): Pick<TestDelivery, "outcome" | "result" | "error" | "reason"> {
  return {
    outcome: outcome.kind,
    result: "result" in outcome ? outcome.result : undefined,
    error: "message" in outcome ? new Error(outcome.message) : "error" in outcome ? outcome.error : undefined,
    reason: "reason" in outcome ? outcome.reason : undefined,
  };
}
