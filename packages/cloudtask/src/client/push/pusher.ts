import { abortedError } from "../../core/errors/aborted-error.ts";
import { CloudTaskError } from "../../core/errors/cloud-task-error.ts";
import type { Logger } from "../../core/logger.ts";
import type { Registry } from "../../execution/registry.ts";
import { attachConnection, type Connection } from "../connection.ts";
import type { DeferredPush, DeferredPushes } from "../defer/deferred-pushes.ts";
import { PushDeferrer } from "../defer/push-deferrer.ts";
import { deleteTask } from "../delete-task.ts";
import type { ResolvedOptions } from "../resolve-options.ts";
import type { Task } from "../tasks/task.ts";
import { createTask } from "./create-task.ts";
import { DIVERT, type DivertedOptions } from "./divert.ts";
import { runHere } from "./eager-immediate.ts";
import { deliverRemotely } from "./eager-remote.ts";
import { expectedResult } from "./expected-result.ts";
import { type PreparedPush, type PushDefaults, prepare } from "./prepare.ts";
import type { PushOptions, PushResult } from "./push-options.ts";
import type { Route } from "./route.ts";

/** What a client does with tasks: pushes them, at once or once what they belong to has succeeded, or runs them here. */
export class Pusher {
  readonly deferrer: PushDeferrer = new PushDeferrer((push) => this.#send(push));
  readonly #options: ResolvedOptions;
  readonly #registry: Registry;
  readonly #connection: Connection;
  readonly #logger: Logger | undefined;
  #closed = false;

  /**
   * @param options - the client's
   * @param registry - its definitions
   * @param connection - its way to the API
   */
  constructor(options: ResolvedOptions, registry: Registry, connection: Connection) {
    this.#options = options;
    this.#registry = registry;
    this.#connection = connection;
    this.#logger = registry.logger;
    attachConnection(registry, connection);
    registry.app.createIn(this.deferrer.outside);
  }

  /** Refuses what is asked of it from now on. */
  close(): void {
    this.#closed = true;
  }

  /** `task.push()`. */
  async push(definition: PushDefaults, task: Task, options: PushOptions): Promise<PushResult> {
    const route = this.#connection.routeFor(`pushing "${task.definition}"`);
    const pushing = this.#push(definition, task, options);
    route.watch?.(pushing);
    return pushing;
  }

  /** `task.execute()`. */
  async execute(definition: PushDefaults, task: Task, options: DivertedOptions): Promise<unknown> {
    const push = await this.#prepare(`executing "${task.definition}"`, definition, task, options);
    const divert = options[DIVERT];
    if (divert !== undefined) return divert(push, this.#options);
    return this.#connection.keeping(push.route, () => {
      return runHere(this.#registry, definition.record, push, push.id ?? "");
    });
  }

  async #push(definition: PushDefaults, task: Task, options: PushOptions): Promise<PushResult> {
    const doing = `pushing "${task.definition}"`;
    const hold = this.deferrer.current(doing);
    if (hold !== undefined) return hold.add(this.#held(hold, definition, task, options));
    return this.#send(await this.#prepare(doing, definition, task, options));
  }

  /** All that can go wrong before it is sent goes wrong now, while what it belongs to can still fail with it. */
  async #held(hold: DeferredPushes, definition: PushDefaults, task: Task, options: PushOptions): Promise<DeferredPush> {
    const doing = `pushing "${task.definition}"`;
    const prepared = await this.#prepare(doing, definition, task, options);
    if (options.signal?.aborted) throw abortedError(doing, options.signal, "Nothing was sent.");
    const push = prepared.named ? prepared : { ...prepared, id: await hold.makeId(prepared) };
    const result = await expectedResult(push, this.#options);
    return { task, push, result: { ...result, deferred: true } };
  }

  async #send(push: PreparedPush): Promise<PushResult> {
    const { eager } = push.route;
    if (eager === undefined) return this.#create(push);
    const result = await expectedResult(push, this.#options);
    if (eager === "remote") await deliverRemotely(this.#connection, push, result.id);
    else await runHere(this.#registry, push.record, push, result.id);
    return result;
  }

  async #create(push: PreparedPush): Promise<PushResult> {
    const result = await createTask(push, this.#options);
    // Whoever found the slot's task there may leave the one before it to whoever made it.
    if (push.supersedes !== undefined && !result.deduplicated)
      await this.#supersede(push.route, result, push.supersedes);
    return result;
  }

  /** Only now that the task which takes its place is there. Where it cannot be deleted, it runs, and so does the other. */
  async #supersede({ transport }: Route, { name, id }: PushResult, superseded: string): Promise<void> {
    try {
      await deleteTask(transport, name.slice(0, -id.length) + superseded, { once: true });
    } catch (error) {
      this.#logger?.warn(`cloudtask: a debounced task was not deleted, and runs beside the later one ${name}`, error);
    }
  }

  async #prepare(what: string, definition: PushDefaults, task: Task, options: PushOptions): Promise<PreparedPush> {
    if (this.#closed) throw new CloudTaskError("CLIENT_CLOSED", `${what}: the client was closed`);
    return prepare(this.#options, definition, task.payload, options, { what, route: this.#connection.routeFor(what) });
  }
}
