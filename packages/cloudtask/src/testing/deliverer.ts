import { forwardAbort } from "../core/abort-signal.ts";
import { Abort, type AbortSource } from "../core/abort-source.ts";
import { Overrides } from "../dependencies/overrides.ts";
import type { Registry } from "../execution/registry.ts";
import { DeliveryServer } from "../worker/delivery-server.ts";
import { type Outcome, outcomeAnswer } from "../worker/outcome-response.ts";
import { resolveWorkerOptions } from "../worker/worker-options.ts";
import { DeliveryRecord } from "./delivery-record.ts";
import { type Attempt, deliveryRequest } from "./delivery-request.ts";
import type { StoredTask } from "./stored-task.ts";

/** Dependencies and their replacements. */
export type Replacements = readonly (readonly [dependency: object, replacement: unknown])[];

/** Options of a single delivery. */
interface DeliveryOptions {
  readonly replacements: Replacements;
  /** Called at the end of the delivery. */
  readonly onEnd?: (delivery: DeliveryRecord) => void;
}

interface DelivererOptions {
  /** Returns the current time in milliseconds since the epoch. */
  readonly now: () => number;
  /** Runs a delivery, and keeps the pushes of its handler inside the test. */
  readonly isolate: <T>(run: () => Promise<T>) => Promise<T>;
  /** Waits for the pushes that the handler started and did not await; `undefined` if there are none. */
  readonly settled: () => Promise<void> | undefined;
}

/** Delivers tasks to a client's worker in this process. */
export class Deliverer {
  readonly #registry: Registry;
  readonly #options: DelivererOptions;
  readonly #server: DeliveryServer;
  readonly #closing = new Abort();

  constructor(registry: Registry, options: DelivererOptions) {
    this.#registry = registry;
    this.#options = options;
    // The worker still checks the secret. It cannot check an OIDC token, because only Google can sign one.
    const workerOptions = resolveWorkerOptions({ allowUnauthenticated: true });
    this.#server = new DeliveryServer(registry, workerOptions, { now: options.now });
  }

  /**
   * Delivers a task, then waits for the pushes that its handler started.
   *
   * @throws TypeError if a replaced value is not a dependency; Error after `close()`
   */
  deliver(task: StoredTask, attempt: Attempt, { replacements, onEnd }: DeliveryOptions): Promise<DeliveryRecord> {
    this.throwIfClosed();
    const options = this.#optionsWith(replacements);
    const [signal, stopForwarding] = this.#abortOf(attempt);
    const request = deliveryRequest(task, attempt, signal);
    const delivering = this.#options.isolate(() => this.#server.outcomeOf(request, options));
    // Not async: each promise costs more than most of these steps.
    return delivering.then((outcome) => {
      stopForwarding?.();
      const end = (): DeliveryRecord => {
        const delivery = this.#recordOf(task, attempt, outcome);
        onEnd?.(delivery);
        return delivery;
      };
      const settling = this.#options.settled();
      return settling === undefined ? end() : settling.then(end);
    });
  }

  #recordOf(task: StoredTask, attempt: Attempt, outcome: Outcome): DeliveryRecord {
    const answer = outcomeAnswer(outcome, this.#options.now());
    return new DeliveryRecord({ stored: task, attempt, serializer: this.#registry.serializer }, { outcome, answer });
  }

  /** Returns the abort of a delivery, and a function to call at its end. */
  #abortOf({ signal }: Attempt): readonly [AbortSource, (() => void)?] {
    if (signal === undefined) return [this.#closing];
    const abort = new Abort();
    const stops = [signal, this.#closing].map((source) => forwardAbort(source, abort));
    return [
      abort,
      () => {
        for (const stop of stops) stop();
      },
    ];
  }

  /** Aborts running deliveries and rejects later ones. */
  close(): void {
    this.#closing.abort(closedError());
  }

  throwIfClosed(): void {
    if (this.#closing.aborted) throw closedError();
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
