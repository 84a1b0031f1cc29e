import { expect } from "vitest";
import { setQueueSettings, setQueueState } from "../../src/engine/change-queue.ts";
import { createQueue, queueNameState } from "../../src/engine/create-queue.ts";
import { taskIdState } from "../../src/engine/create-task.ts";
import { deleteQueue, purgeQueue } from "../../src/engine/delete-queue.ts";
import { deleteTask } from "../../src/engine/delete-task.ts";
import { dispatchDue } from "../../src/engine/dispatch-due.ts";
import type { Attempt, EngineQueue, EngineTask } from "../../src/engine/engine-state.ts";
import { type AttemptResult, expireAttempts, finishAttempt } from "../../src/engine/finish-attempt.ts";
import { queueStats } from "../../src/engine/queue-stats.ts";
import type { QueueSettings, QueueState, RetrySettings } from "../../src/engine/records.ts";
import { restoreEngine } from "../../src/engine/restore.ts";
import { runTask } from "../../src/engine/start-attempt.ts";
import { nextEventAt } from "../../src/engine/wake.ts";
import { addTask, type EngineBench, engineBench } from "./engine.ts";
import { EngineModel, type ModelAttempt, type ModelQueue, type ModelTask } from "./engine-model.ts";

const cooldowns = { taskCooldownMs: 20_000, queueCooldownMs: 10_000 };

/** What a step makes a task of. */
export interface PairTask {
  readonly id: string;
  readonly named: boolean;
  readonly delayMs: number;
  readonly deadlineMs: number;
  readonly retry: RetrySettings | undefined;
}

/** An engine and the model of it, which are told the same, and have to show the same. */
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

  setState(queue: ModelQueue, to: QueueState): void {
    setQueueState(this.#bench.engine, this.#queue(queue), to);
    queue.state = to;
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

  /** Ends the attempt that is picked, if any runs. */
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

  /** Lets time pass, moment by moment: at each something happens, in both. */
  pass(ms: number): void {
    const target = this.model.now + ms;
    for (let next = nextEventAt(this.#bench.engine); next <= target; next = nextEventAt(this.#bench.engine)) {
      this.#turnTo(next);
      this.settle();
    }
    this.#turnTo(target);
    this.settle();
  }

  /** Lets everything happen that has to happen now, and compares what both show. */
  settle(): void {
    this.#expire();
    this.#dispatch();
    expect(nextEventAt(this.#bench.engine)).toBe(this.model.nextEventAt());
    expect([...this.#bench.engine.queues.keys()]).toEqual(this.model.queues.map(({ name }) => name));
    for (const queue of this.model.queues) this.#compare(queue);
  }

  /** Compares what both say of names. */
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

  /** In which order attempts time out that do so at the same moment, nothing says: the model takes that of the engine. */
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

  /** Between queues there is no order, within one there is. */
  #dispatch(): void {
    const started = dispatchDue(this.#bench.engine);
    for (const queue of this.model.queues) {
      const expected = this.model.work(queue);
      const found = started.filter(({ task }) => task.queue.record.name === queue.name);
      expect(found.map(({ before }) => before.id)).toEqual(expected.map(({ task }) => task.id));
      for (const [index, twin] of expected.entries()) this.#pairUp(found[index], twin);
    }
  }

  #pairUp(attempt: Attempt | undefined, twin: ModelAttempt): void {
    if (!attempt) throw new Error("the model started an attempt that the engine did not");
    this.#twins.set(attempt, twin);
  }

  #compare(queue: ModelQueue): void {
    const found = this.#queue(queue);
    const tasks = found.log.page(0, 10_000).map(({ record }) => record);
    expect(tasks.map(shown)).toEqual(queue.tasks.map(shown));
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
    if (!queue) throw new Error(`the engine has no queue ${name}`);
    return queue;
  }

  #task({ id, queue }: ModelTask): EngineTask {
    const task = this.#queue(queue).tasks.get(id);
    if (!task) throw new Error(`the engine has no task ${id}`);
    return task;
  }

  #twinOf(attempt: Attempt): ModelAttempt {
    const twin = this.#twins.get(attempt);
    if (!twin) throw new Error("the engine has an attempt that the model has not");
    return twin;
  }
}

type Shown = Pick<
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

function shown(task: Shown): Shown {
  const { id, createdAt, scheduledAt, firstDispatchedAt, lastAttempt } = task;
  const { dispatchCount, responseCount, executionCount, failureCount } = task;
  const counts = { dispatchCount, responseCount, executionCount, failureCount };
  return { id, createdAt, scheduledAt, ...counts, firstDispatchedAt, lastAttempt };
}
