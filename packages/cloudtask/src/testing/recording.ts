import type { Connection } from "../client/connection.ts";
import type { Registry } from "../execution/registry.ts";
import { Deliverer } from "./deliverer.ts";
import type { DeliveryRecord } from "./delivery-record.ts";
import { FakeCloudTasks } from "./fake-cloud-tasks.ts";
import { RecordedPushes } from "./recorded-push.ts";
import type { StoredTask } from "./stored-task.ts";
import type { TestClock } from "./test-clock.ts";

/** The pushes, tasks and deliveries of one test. `TestClient.reset()` starts a new recording. */
export class Recording {
  readonly pushes: RecordedPushes;
  readonly cloudTasks: FakeCloudTasks;
  readonly #deliverer: Deliverer;
  readonly #restore: () => void;
  readonly #connection: Connection;

  /** @throws Error if another test client is recording this client's pushes */
  constructor(registry: Registry, connection: Connection, clock: TestClock) {
    this.pushes = new RecordedPushes(registry);
    const replaced = connection.replace(({ project, location }) => {
      return new FakeCloudTasks({ project, location, url: registry.callers.localUrl, clock, onPush: this.pushes.add });
    });
    if (replaced === undefined) {
      throw new Error(
        "testClient(): this client already has a test client. Close that one first, with `using tasks = testClient(client)` or " +
          "`afterEach(() => tasks.close())`. Tests that run concurrently need one client each.",
      );
    }
    const { route, restore } = replaced;
    this.cloudTasks = route;
    this.#restore = restore;
    this.#connection = connection;
    this.#deliverer = new Deliverer(registry, {
      now: () => clock.now(),
      isolate: (run) => this.run(run),
      settled: () => route.settled(),
    });
  }

  /** Runs a function inside the test, so each of its deliveries is already there. */
  run<T>(work: () => T): T {
    return this.#connection.runOn(this.cloudTasks, work);
  }

  /** See `Deliverer.deliver()`. */
  deliver(...delivery: Parameters<Deliverer["deliver"]>): Promise<DeliveryRecord> {
    return this.#deliverer.deliver(...delivery);
  }

  /**
   * Returns the task that is due first, if it is due at or before `untilMs`.
   *
   * @throws Error after `close()`
   */
  next(untilMs: number): StoredTask | undefined {
    this.#deliverer.throwIfClosed();
    return this.cloudTasks.next(untilMs);
  }

  /** Ends the recording: running deliveries are aborted, and their pushes are rejected. */
  close(): void {
    this.#restore();
    this.#deliverer.close();
  }
}
