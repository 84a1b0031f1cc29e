import { CloudTaskError } from "../../core/errors/cloud-task-error.ts";
import type { Registry } from "../../execution/registry.ts";
import { attachConnection, type Connection, type Route } from "../connection.ts";
import { PushDeferrer } from "../defer/push-deferrer.ts";
import type { ResolvedOptions } from "../resolve-options.ts";
import { UnpushedWarning } from "../tasks/unpushed-warning.ts";
import { createTask } from "./create-task.ts";
import { loadDelivery } from "./late-delivery.ts";
import { loadNaming } from "./late-naming.ts";
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
    const pushing =
      deferred === undefined ? this.#push(request, route) : deferred.add(request, () => this.prepare(request));
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

  #send(push: PreparedPush, batches: PushBatches | undefined): Promise<PushResult> {
    const { eager } = push.route;
    if (eager === undefined) {
      return push.supersedes === undefined ? this.#create(push, batches) : this.#replace(push, batches);
    }
    const deliver = async (): Promise<PushResult> => {
      const { deliverEagerly } = await loadDelivery();
      return deliverEagerly({ registry: this.#registry, connection: this.#connection }, push, eager);
    };
    return batches === undefined ? deliver() : batches.alone(deliver);
  }

  async #deliverImmediately(push: PreparedPush, id: string): Promise<unknown> {
    const { deliverImmediately } = await loadDelivery();
    return deliverImmediately(this.#registry, push, id);
  }

  #create(push: PreparedPush, batches: PushBatches | undefined): Promise<PushResult> {
    const { route } = push;
    if (batches === undefined) return createTask(push, (call) => route.transport.call(call));
    const target = this.#connection.targetOf(route);
    return createTask(push, (call) => batches.create(call, target));
  }

  /** Creates a task, and deletes the task that it replaces. */
  async #replace(push: PreparedPush, batches: PushBatches | undefined): Promise<PushResult> {
    const result = await this.#create(push, batches);
    // Only the push that created the task deletes its predecessor.
    if (result.deduplicated) return result;
    const { deletePredecessor } = await loadNaming();
    const remove = (): Promise<void> => deletePredecessor(this.#registry, push, result);
    await (batches === undefined ? remove() : batches.follow(remove));
    return result;
  }
}
