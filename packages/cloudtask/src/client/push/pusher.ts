import { abortedError } from "../../core/errors/aborted-error.ts";
import { CloudTaskError } from "../../core/errors/cloud-task-error.ts";
import type { Registry } from "../../execution/registry.ts";
import { deleteResource } from "../../transport/delete-resource.ts";
import { attachConnection, type Connection, type Route } from "../connection.ts";
import type { DeferredPush, DeferredPushes } from "../defer/deferred-pushes.ts";
import { PushDeferrer } from "../defer/push-deferrer.ts";
import { shardFor } from "../queues/pick-queue.ts";
import type { ResolvedOptions } from "../resolve-options.ts";
import { UnpushedWarning } from "../tasks/unpushed-warning.ts";
import { createTask, expectedResult } from "./create-task.ts";
import { loadDelivery } from "./late-delivery.ts";
import { type PreparedPush, type PushRequest, prepare } from "./prepare.ts";
import type { PushBatches } from "./push-batches.ts";
import type { PushResult } from "./push-options.ts";

/** Pushes a client's tasks, immediately or after the surrounding work has succeeded, and runs them in this process. */
export class Pusher {
  readonly unpushedWarning: UnpushedWarning = new UnpushedWarning();
  readonly deferrer: PushDeferrer = new PushDeferrer((push, batches) => this.#send(push, batches));
  readonly #options: ResolvedOptions;
  readonly #registry: Registry;
  readonly #connection: Connection;
  #closed = false;

  constructor(options: ResolvedOptions, registry: Registry, connection: Connection) {
    this.#options = options;
    this.#registry = registry;
    this.#connection = connection;
    attachConnection(registry, connection);
    registry.createIn = this.deferrer.outside;
  }

  /** Rejects all pushes and runs that start after this. */
  close(): void {
    this.#closed = true;
  }

  /** `task.push()`. */
  push(request: PushRequest): Promise<PushResult> {
    const route = this.#connection.routeFor(request.subject);
    const deferred = this.deferrer.current(request.subject);
    const pushing = deferred === undefined ? this.#push(request, route) : deferred.add(this.#defer(deferred, request));
    route.watch?.(pushing);
    return pushing;
  }

  #push(request: PushRequest, route: Route): Promise<PushResult> {
    const prepared = this.prepare(request, route);
    return prepared instanceof Promise
      ? prepared.then((push) => this.#send(push, request.batches))
      : this.#send(prepared, request.batches);
  }

  /** `task.execute()`. */
  async execute(request: PushRequest): Promise<unknown> {
    const push = await this.prepare({ ...request, local: true });
    return this.#connection.runOn(push.route, () => this.#deliverImmediately(push, push.id ?? ""));
  }

  /** Checks and builds a push without sending it. */
  prepare(
    request: PushRequest,
    route: Route = this.#connection.routeFor(request.subject),
  ): PreparedPush | Promise<PreparedPush> {
    if (this.#closed) throw new CloudTaskError("CLIENT_CLOSED", `${request.subject}: the client was closed`);
    return prepare(this.#options, request, route);
  }

  /** Runs every check now, because an invalid push must make the surrounding work fail. */
  async #defer(deferred: DeferredPushes, request: PushRequest): Promise<DeferredPush> {
    const { subject, task, options } = request;
    const prepared = await this.prepare(request);
    if (options.signal?.aborted) throw abortedError(subject, options.signal, "Nothing was sent.");
    const push = prepared.named ? prepared : withId(prepared, await deferred.createId(prepared));
    const result = await expectedResult(push);
    return { task, push, result: { ...result, deferred: true } };
  }

  #send(push: PreparedPush, batches: PushBatches | undefined): Promise<PushResult> {
    const { eager } = push.route;
    const { supersedes } = push;
    if (eager === undefined && supersedes !== undefined) return this.#replace(push, supersedes, batches);
    if (eager === undefined) return this.#create(push, batches);
    const deliver = async (): Promise<PushResult> => {
      const result = await expectedResult(push);
      if (eager === "remote") await this.#deliverRemotely(push, result.id);
      else await this.#deliverImmediately(push, result.id);
      return result;
    };
    return batches === undefined ? deliver() : batches.alone(deliver);
  }

  async #deliverImmediately(push: PreparedPush, id: string): Promise<unknown> {
    const { deliverImmediately } = await loadDelivery();
    return deliverImmediately(this.#registry, push, id);
  }

  async #deliverRemotely(push: PreparedPush, id: string): Promise<void> {
    const { deliverRemotely } = await loadDelivery();
    return deliverRemotely(this.#connection, push, id);
  }

  #create(push: PreparedPush, batches: PushBatches | undefined): Promise<PushResult> {
    const { route } = push;
    if (batches === undefined) return createTask(push, (call) => route.transport.call(call));
    const target = this.#connection.targetOf(route);
    return createTask(push, (call) => batches.create(call, target));
  }

  /** Creates a task, and deletes the task that it replaces. */
  async #replace(push: PreparedPush, supersedes: string, batches: PushBatches | undefined): Promise<PushResult> {
    const result = await this.#create(push, batches);
    // Only the push that created the task deletes its predecessor.
    if (result.deduplicated) return result;
    const remove = (): Promise<void> => this.#deletePredecessor(push, result, supersedes);
    await (batches === undefined ? remove() : batches.follow(remove));
    return result;
  }

  /** Deletes the task that a push has replaced. If that fails, both tasks run. */
  async #deletePredecessor({ route }: PreparedPush, { name, id }: PushResult, superseded: string): Promise<void> {
    try {
      await deleteResource(route.transport, name.slice(0, -id.length) + superseded, { once: true });
    } catch (error) {
      const { logOf } = await import("../../execution/registry-log.ts");
      logOf(this.#registry)?.warn(`a debounced task was not deleted and will run as well as its successor ${name}`, {
        error,
      });
    }
  }
}

/** The next attempt of a delivery creates the same id, which is only taken in the same shard. */
function withId(push: PreparedPush, id: string): PreparedPush {
  const { randomOf, queue } = push;
  return { ...push, id, queue: randomOf === undefined ? queue : shardFor(randomOf, id) };
}
