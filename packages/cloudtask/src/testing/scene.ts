import type { Connection } from "../client/connection.ts";
import type { Registry } from "../execution/registry.ts";
import { Deliverer, type Replaced } from "./deliverer.ts";
import type { Attempt } from "./delivery-request.ts";
import { PushRecord } from "./push-record.ts";
import { StandIn } from "./stand-in.ts";
import type { StoredTask } from "./stored-task.ts";
import type { TestClock } from "./test-clock.ts";
import type { TestDelivery } from "./test-delivery.ts";
import type { WireTask } from "./wire-task.ts";

/** What belongs to one test: what was pushed in it, and what of that is delivered. Nothing of it reaches the next one. */
export class Scene {
  readonly record: PushRecord;
  readonly standIn: StandIn;
  readonly #deliverer: Deliverer;
  readonly #restore: () => void;

  /**
   * @param registry - the client's
   * @param connection - the same client's
   * @param clock - what time it is
   * @throws Error where something stands in for Cloud Tasks already
   */
  constructor(registry: Registry, connection: Connection, clock: TestClock) {
    this.record = new PushRecord(registry);
    const replaced = connection.replace(
      ({ project, location }) => new StandIn({ project, location, url: registry.url, clock, onPush: this.record.add }),
    );
    if (replaced === undefined) {
      throw new Error(
        "testClient(): this client has a test client already, and its pushes can be recorded only once: close that one first, by " +
          "`using tasks = testClient(client)` or `afterEach(() => tasks.close())`; tests that run at once need a client each",
      );
    }
    const { standIn, restore } = replaced;
    this.standIn = standIn;
    this.#restore = restore;
    this.#deliverer = new Deliverer(registry, {
      now: () => clock.now(),
      keeping: (run) => connection.keeping(standIn, run),
    });
  }

  /** Delivers, and waits for what the handler pushed without waiting for it. */
  async deliver(task: WireTask, attempt: Attempt, replaced: Replaced): Promise<TestDelivery> {
    const delivery = await this.#deliverer.deliver(task, attempt, replaced);
    await this.standIn.settled();
    return delivery;
  }

  /**
   * @param untilMs - the latest time
   * @returns the task that is due first, and by then, of all whose pushes have begun
   * @throws Error once the test is over
   */
  async next(untilMs: number): Promise<StoredTask | undefined> {
    await this.standIn.settled();
    this.#deliverer.refuseClosed();
    return this.standIn.next(untilMs);
  }

  /** The test is over: deliveries that still run are aborted, and what they push is refused. */
  close(): void {
    this.#restore();
    this.#deliverer.close();
  }
}
