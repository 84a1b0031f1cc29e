import { expect } from "vitest";
import { setQueueSettings, setQueueState } from "../../src/engine/change-queue.ts";
import { createQueue, queueNameState } from "../../src/engine/create-queue.ts";
import { taskIdState } from "../../src/engine/create-task.ts";
import { deleteQueue, purgeQueue } from "../../src/engine/delete-queue.ts";
import { deleteTask } from "../../src/engine/delete-task.ts";
import { dispatchDue } from "../../src/engine/dispatch-due.ts";
import type { Attempt, EngineQueue, EngineTask } from "../../src/engine/engine-state.ts";
import { type AttemptResult, expireAttempts, finishAttempt } from "../../src/engine/finish-attempt.ts";
import { nextEventAt } from "../../src/engine/next-event.ts";
import { queueStats } from "../../src/engine/queue-stats.ts";
import type { QueueSettings, QueueState, RetrySettings } from "../../src/engine/records.ts";
import { restoreEngine } from "../../src/engine/restore-engine.ts";
import { runTask } from "../../src/engine/start-attempt.ts";
import { addTask, type EngineBench, engineBench } from "./engine.ts";
import { EngineModel, type ModelAttempt, type ModelQueue, type ModelTask } from "./engine-model.ts";

const cooldowns = { taskCooldownMs: 20_000, queueCooldownMs: 10_000 };

/** The parameters of a task that a step creates. */
export interface PairTask {
  readonly id: string;
  readonly named: boolean;
  readonly delayMs: number;
  readonly deadlineMs: number;
  readonly retry: RetrySettings | undefined;
}

/** An engine and its model. Every call goes to both, and both must have the same state afterwards. */
export class EnginePair {
  readonly model: EngineModel;
  #bench: EngineBench;
  readonly #twins = new Map<Attempt, ModelAttempt>();

  constructor() {
    this.#bench = engineBench(cooldowns);
    this.model = new EngineModel(this.#bench.clock.now(), cooldowns);
  }

  createQueue(name: string, settings: QueueSettings): void {
    createQueue(this.#bench.engine, name, settings);
    this.model.createQueue(name, settings);
  }

  deleteQueue(queue: ModelQueue): void {
    deleteQueue(this.#bench.engine, this.#queue(queue));
    this.model.deleteQueue(queue);
  }

  purge(queue: ModelQueue): void {
    purgeQueue(this.#bench.engine, this.#queue(queue));
    this.model.purge(queue);
  }

  setState(queue: ModelQueue, state: QueueState): void {
    setQueueState(this.#bench.engine, this.#queue(queue), state);
    queue.state = state;
  }

  configure(queue: ModelQueue, settings: QueueSettings): void {
    setQueueSettings(this.#bench.engine, this.#queue(queue), settings);
    this.model.configure(queue, settings);
  }

  createTask(queue: ModelQueue, { id, named, delayMs, deadlineMs, retry }: PairTask): void {
    addTask(this.#bench, this.#queue(queue), id, delayMs, { named, deadlineMs, retry });
    this.model.createTask(queue, { id, deadlineMs, retry, scheduledAt: this.model.now + delayMs });
  }

  deleteTask(task: ModelTask): void {
    deleteTask(this.#bench.engine, this.#task(task));
    this.model.deleteTask(task);
  }

  runTask(task: ModelTask): void {
    this.#twins.set(runTask(this.#bench.engine, this.#task(task)), this.model.start(task, true));
  }

  /** Ends the picked attempt, if any is in flight. */
  finish(pick: number, result: AttemptResult): void {
    for (const [attempt, twin] of [...this.#twins].slice(pick % Math.max(1, this.#twins.size)).slice(0, 1)) {
      this.#twins.delete(attempt);
      expect(finishAttempt(this.#bench.engine, attempt, result)).toBe(this.model.finish(twin, result));
    }
  }

  restart(): void {
    this.#bench = { ...this.#bench, engine: restoreEngine(this.#bench.engine) };
    this.#twins.clear();
    this.model.restart();
  }

  /** Advances both clocks from event to event. */
  pass(ms: number): void {
    const target = this.model.now + ms;
    for (let next = nextEventAt(this.#bench.engine); next <= target; next = nextEventAt(this.#bench.engine)) {
      this.#turnTo(next);
      this.settle();
    }
    this.#turnTo(target);
    this.settle();
  }

  /** Handles everything that is due now, and compares the states. */
  settle(): void {
    this.#expire();
    this.#dispatch();
    expect(nextEventAt(this.#bench.engine)).toBe(this.model.nextEventAt());
    expect([...this.#bench.engine.queues.keys()]).toEqual(this.model.queues.map(({ name }) => name));
    for (const queue of this.model.queues) this.#compare(queue);
  }

  /** Compares which names are free, taken or recently deleted. */
  compareNames(queueNames: readonly string[], ids: readonly string[]): void {
    const { engine } = this.#bench;
    for (const name of queueNames) expect(queueNameState(engine, name)).toBe(this.model.queueNameState(name));
    for (const queue of this.model.queues) {
      const states = ids.map((id) => taskIdState(engine, this.#queue(queue), id));
      expect(states).toEqual(ids.map((id) => this.model.taskIdState(queue, id)));
    }
  }

  #turnTo(time: number): void {
    this.#bench.clock.turnTo(time);
    this.model.now = time;
  }

  /** The order of attempts that time out at the same time is not defined, so the model follows the engine. */
  #expire(): void {
    const overdue = new Set(this.model.overdue());
    for (const { attempt, outcome } of expireAttempts(this.#bench.engine)) {
      const twin = this.#twinOf(attempt);
      expect(overdue.delete(twin)).toBe(true);
      this.#twins.delete(attempt);
      expect(outcome).toBe(this.model.finish(twin, { kind: "timed out" }));
    }
    expect([...overdue]).toEqual([]);
  }

  /** Attempts of one queue start in order. There is no order between queues. */
  #dispatch(): void {
    const started = dispatchDue(this.#bench.engine);
    for (const queue of this.model.queues) {
      const expected = this.model.dispatchDue(queue);
      const found = started.filter(({ task }) => task.queue.record.name === queue.name);
      expect(found.map(({ taskBefore }) => taskBefore.id)).toEqual(expected.map(({ task }) => task.id));
      for (const [index, twin] of expected.entries()) this.#pairUp(found[index], twin);
    }
  }

  #pairUp(attempt: Attempt | undefined, twin: ModelAttempt): void {
    if (!attempt) throw new Error("The model started an attempt that the engine did not start.");
    this.#twins.set(attempt, twin);
  }

  #compare(queue: ModelQueue): void {
    const found = this.#queue(queue);
    const tasks = found.log.page(0, 10_000).map(({ record }) => record);
    expect(tasks.map(comparedFields)).toEqual(queue.tasks.map(comparedFields));
    expect(found.tasks.size).toBe(tasks.length);
    expect(found.record).toMatchObject({ state: queue.state, settings: queue.settings, purgedAt: queue.purgedAt });
    const running = this.model.attempts.filter(({ task }) => task.queue === queue);
    expect(found.inFlight).toBe(running.filter(({ isForced }) => !isForced).length);
    expect(queueStats(this.#bench.engine, found)).toMatchObject({
      tasksCount: queue.tasks.length,
      concurrentDispatchesCount: running.length,
      executedLastMinuteCount: this.model.executedLastMinute(queue),
    });
  }

  #queue({ name }: ModelQueue): EngineQueue {
    const queue = this.#bench.engine.queues.get(name);
    if (!queue) throw new Error(`The engine has no queue ${name}.`);
    return queue;
  }

  #task({ id, queue }: ModelTask): EngineTask {
    const task = this.#queue(queue).tasks.get(id);
    if (!task) throw new Error(`The engine has no task ${id}.`);
    return task;
  }

  #twinOf(attempt: Attempt): ModelAttempt {
    const twin = this.#twins.get(attempt);
    if (!twin) throw new Error("The engine has an attempt that the model does not have.");
    return twin;
  }
}

type Compared = Pick<
  ModelTask,
  | "id"
  | "createdAt"
  | "scheduledAt"
  | "dispatchCount"
  | "responseCount"
  | "executionCount"
  | "failureCount"
  | "firstDispatchedAt"
  | "lastAttempt"
>;

function comparedFields(task: Compared): Compared {
  const { id, createdAt, scheduledAt, firstDispatchedAt, lastAttempt } = task;
  const { dispatchCount, responseCount, executionCount, failureCount } = task;
  const counts = { dispatchCount, responseCount, executionCount, failureCount };
  return { id, createdAt, scheduledAt, ...counts, firstDispatchedAt, lastAttempt };
}
