import type { ClientOptions } from "../client/client-options.ts";
import type { Route } from "../client/push/route.ts";
import { abortedError } from "../core/errors/aborted-error.ts";
import { LOCAL_LOCATION, LOCAL_PROJECT } from "../core/local.ts";
import { queueName } from "../core/resource-name.ts";
import type { ApiCall, Transport } from "../transport/transport.ts";
import { refusal } from "./push-failure.ts";
import { type StoredTask, storedTask } from "./stored-task.ts";
import type { TestClock } from "./test-clock.ts";
import { readWireTask } from "./wire-task.ts";

/** How long the name of a task that is gone stays taken: what a queue does that says nothing of it. */
const TOMBSTONE_MS = 3_600_000;

/** What a stand-in must know of its client. */
export interface StandInPlace extends Pick<ClientOptions, "project" | "location"> {
  /** Where the client's worker is. */
  readonly url: string;
  readonly clock: TestClock;
  /** Told of each push that was accepted. */
  readonly onPush: (task: StoredTask, deduplicated: boolean) => void;
}

/**
 * What stands in for Cloud Tasks while a test client records: the calls that a client makes, answered from memory. Every queue
 * exists, and nothing leaves by itself.
 */
export class StandIn implements Route {
  readonly eager: undefined;
  readonly transport: Transport = {
    call: async (call) => ({ body: this.#answer(call), attempts: 1 }),
    close: async () => undefined,
  };
  readonly #place: StandInPlace;
  readonly #tasks = new Map<string, StoredTask>();
  /** Names of tasks that are gone, and until when they are taken. */
  readonly #tombstones = new Map<string, number>();
  readonly #pushing = new Set<Promise<unknown>>();
  #failures: Error[] = [];
  #count = 0;

  constructor(place: StandInPlace) {
    this.#place = place;
  }

  now(): number {
    return this.#place.clock.now();
  }

  async queueName(queue: string): Promise<string> {
    const { project = LOCAL_PROJECT, location = LOCAL_LOCATION } = this.#place;
    return queueName({ project, location, queue });
  }

  watch(pushing: Promise<unknown>): void {
    this.#pushing.add(pushing);
    const end = (): unknown => this.#pushing.delete(pushing);
    pushing.then(end, end);
  }

  /** Waits for the pushes that have begun, so that none is overlooked which nobody awaited. */
  async settled(): Promise<void> {
    while (this.#pushing.size > 0) await Promise.allSettled(this.#pushing);
  }

  /** The tasks that wait, in the order in which they were created. */
  get waiting(): readonly StoredTask[] {
    return [...this.#tasks.values()];
  }

  /**
   * @param untilMs - the latest time
   * @returns the task that is due first, and by then
   */
  next(untilMs: number): StoredTask | undefined {
    const due = this.waiting.filter((task) => !task.running && task.dueMs <= untilMs);
    return due.sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
  }

  /** The task is done, or given up: its name stays taken for a while. */
  bury({ name }: StoredTask): void {
    if (this.#tasks.delete(name)) this.#tombstones.set(name, this.now() + TOMBSTONE_MS);
  }

  /** Lets a create fail that none of the others before it has failed yet. */
  fail(failure: Error): void {
    this.#failures.push(failure);
  }

  #answer(call: ApiCall): object {
    const { what, signal } = call;
    if (signal?.aborted) throw abortedError(`Could not ${what}`, signal);
    return call.method === "POST" ? this.#create(call) : this.#find(call);
  }

  #create({ what, path, body = "" }: ApiCall): object {
    const failure = this.#failures.shift();
    if (failure !== undefined) throw failure;
    const wire = readWireTask(body, this.#place.url);
    const task = storedTask(wire, path.replace(/\/tasks$/, ""), { nowMs: this.now(), order: this.#count++ });
    const taken = this.#tasks.has(task.name) || (this.#tombstones.get(task.name) ?? 0) > this.now();
    this.#place.onPush(task, taken);
    if (taken) throw refusal(what, "ALREADY_EXISTS", "Requested entity already exists");
    this.#tasks.set(task.name, task);
    return shown(task);
  }

  #find({ method, what, path }: ApiCall): object {
    const task = this.#tasks.get(path);
    if (task === undefined) throw refusal(what, "NOT_FOUND", "Requested entity was not found.");
    if (method === "GET") return shown(task);
    this.bury(task);
    return {};
  }
}

function shown({ name, scheduleMs, createdMs }: StoredTask): object {
  return { name, scheduleTime: new Date(scheduleMs).toISOString(), createTime: new Date(createdMs).toISOString() };
}
