import type { Registry } from "../execution/registry.ts";
import { type RecordedPush, recordedPush } from "./recorded-push.ts";
import type { StoredTask } from "./stored-task.ts";

/** What was pushed, and which task came of each. */
export class PushRecord {
  readonly #registry: Registry;
  readonly #tasks = new WeakMap<RecordedPush, StoredTask>();
  readonly #pushes: RecordedPush[] = [];

  /** @param registry - the client's */
  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Notes a push, and whether its name was taken. */
  readonly add = (task: StoredTask, deduplicated: boolean): void => {
    const push = recordedPush(task, deduplicated, this.#registry);
    this.#pushes.push(push);
    if (!deduplicated) this.#tasks.set(push, task);
  };

  /**
   * @param definition - whose; default: all
   * @returns the pushes, the oldest first
   * @throws TypeError where the definition is not one of this client
   */
  pushed(definition: { readonly name: string } | undefined): readonly RecordedPush[] {
    if (definition === undefined) return [...this.#pushes];
    const record = this.#registry.tasks.get(definition.name);
    if (record !== undefined) return this.#pushes.filter(({ task }) => this.#registry.tasks.get(task) === record);
    throw new TypeError(
      `the client that this test client was made of defines no task "${definition.name}": is the definition another client's?`,
    );
  }

  /** @returns the task that came of a push; `undefined` where none did */
  taskOf(push: RecordedPush): StoredTask | undefined {
    return this.#tasks.get(push);
  }
}
