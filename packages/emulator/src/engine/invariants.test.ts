import fc from "fast-check";
import { expect, test } from "vitest";
import { addQueue, addTask, answered, type EngineBench, engineBench, request } from "../../test/support/engine.ts";
import { setQueueState } from "./change-queue.ts";
import { deleteTask } from "./delete-task.ts";
import { dispatchDue } from "./dispatch-due.ts";
import type { Attempt, EngineQueue, EngineTask } from "./engine-state.ts";
import { expireAttempts, finishAttempt } from "./finish-attempt.ts";
import { nextEventAt } from "./next-event.ts";
import type { QueueSettings } from "./records.ts";
import { restoreEngine } from "./restore-engine.ts";
import { refreshDue } from "./set-task-state.ts";
import { runTask } from "./start-attempt.ts";
import { type LiveCounts, type LiveState, liveStates, noTasks } from "./task-counts.ts";

type Step = { readonly kind: keyof typeof steps; readonly pick: number; readonly amount: number };

/** An engine under random steps, with the facts that the checks need. */
interface Run extends EngineBench {
  readonly queue: EngineQueue;
  readonly inFlight: Attempt[];
  /** When the attempts that count towards the rate were dispatched, in order. */
  readonly dispatched: number[];
  /** Ids of the tasks that must exist. */
  readonly open: Set<string>;
  created: number;
}

const steps = {
  create: (run: Run, { amount }: Step) => {
    run.created += 1;
    const id = `t${run.created}`;
    const headers = [{}, { "CloudTask-Name": "a" }, { "cloudtask-name": "b" }][run.created % 3] ?? {};
    addTask(run, run.queue, id, amount, { request: { ...request, headers } });
    run.open.add(id);
  },
  pass: (run: Run, { amount }: Step) => run.clock.advance(amount),
  fail: (run: Run, step: Step) => finish(run, step.pick, [404, 429, 500, 503][step.amount % 4] ?? 500),
  succeed: (run: Run, { pick }: Step) => finish(run, pick, 200),
  pause: (run: Run) => setQueueState(run.engine, run.queue, "PAUSED"),
  resume: (run: Run) => setQueueState(run.engine, run.queue, "RUNNING"),
  remove: (run: Run, { pick }: Step) => {
    for (const task of pickOne([...run.queue.tasks.values()], pick)) {
      deleteTask(run.engine, task);
      run.open.delete(task.record.id);
    }
  },
  force: (run: Run, { pick }: Step) => {
    for (const task of pickOne([...run.queue.tasks.values()], pick)) run.inFlight.push(runTask(run.engine, task));
  },
};

function pickOne<T>(items: readonly T[], pick: number): T[] {
  return items.slice(pick % Math.max(1, items.length)).slice(0, 1);
}

function finish(run: Run, pick: number, status: number): void {
  for (const attempt of pickOne(run.inFlight, pick))
    settle(run, attempt, finishAttempt(run.engine, attempt, answered(status)));
}

/** The state of a task by its definition, without the counts. */
function stateAt({ running, record }: EngineTask, now: number): LiveState {
  if (running > 0) return "running";
  if (record.scheduledAt <= now) return "due";
  return record.failureCount > 0 ? "retrying" : "scheduled";
}

function settle(run: Run, attempt: Attempt, outcome: string): void {
  run.inFlight.splice(run.inFlight.indexOf(attempt), 1);
  const ended = ["succeeded", "exhausted"].filter((end) => end === outcome);
  for (const _ of ended) run.open.delete(attempt.taskBefore.id);
}

function settleDue(run: Run): void {
  for (const { attempt, outcome } of expireAttempts(run.engine)) settle(run, attempt, outcome);
  const started = dispatchDue(run.engine);
  run.inFlight.push(...started);
  run.dispatched.push(...started.map(({ dispatchedAt }) => dispatchedAt));
}

const anyStep = fc.record({
  kind: fc.constantFrom(...(Object.keys(steps) as (keyof typeof steps)[]), "create" as const, "pass" as const),
  pick: fc.nat(100),
  amount: fc.nat(30_000),
});

const anySettings = fc.record({
  maxDispatchesPerSecond: fc.double({ min: 0.05, max: 500, noNaN: true }),
  maxBurstSize: fc.integer({ min: 1, max: 20 }),
  maxConcurrentDispatches: fc.integer({ min: 1, max: 5 }),
  maxAttempts: fc.constantFrom(-1, 1, 2, 10),
});

function startRun(settings: Partial<QueueSettings>): Run {
  const bench = engineBench();
  return { ...bench, queue: addQueue(bench, settings), inFlight: [], dispatched: [], open: new Set(), created: 0 };
}

function check(run: Run, expectInvariant: (run: Run) => void): void {
  fc.assert(
    fc.property(anySettings, fc.array(anyStep, { maxLength: 80 }), (settings, list) => {
      const fresh = { ...run, ...startRun(settings) };
      for (const step of list) {
        steps[step.kind](fresh, step);
        settleDue(fresh);
        expectInvariant(fresh);
      }
    }),
    { numRuns: 150 },
  );
}

const anyRun = startRun({});

test("the concurrency limit is never exceeded, and every used slot belongs to one attempt in flight", () => {
  check(anyRun, ({ queue, inFlight }) => {
    const counted = inFlight.filter(({ forced }) => !forced).length;
    expect(queue.inFlight).toBe(counted);
    expect(counted).toBeLessThanOrEqual(queue.record.settings.maxConcurrentDispatches);
  });
});

test("the rate is never exceeded in any window of time", () => {
  check(anyRun, ({ queue, dispatched }) => {
    const { maxDispatchesPerSecond: rate, maxBurstSize: burst } = queue.record.settings;
    const last = dispatched.at(-1) ?? 0;
    const excess = dispatched.map((from, index) => dispatched.length - index - burst - ((last - from) * rate) / 1000);
    expect(Math.max(0, ...excess)).toBeLessThan(1e-3);
  });
});

test("a task exists until it is deleted, succeeds or is exhausted", () => {
  check(anyRun, ({ queue, open, store }) => {
    expect(new Set(queue.tasks.keys())).toEqual(open);
    expect(new Set([...store.load().tasks].map(({ id }) => id))).toEqual(open);
  });
});

test("a task either waits or has an attempt in flight, and the engine never plans its next event in the past", () => {
  check(anyRun, ({ queue, engine, clock }) => {
    const misplaced = [...queue.tasks.values()].filter(({ state, running }) => (state === "running") !== running > 0);
    expect(misplaced).toEqual([]);
    expect(nextEventAt(engine)).toBeGreaterThan(clock.now());
  });
});

test("the tasks of each state and definition are counted, also after they became due or the clock was turned back", () => {
  check(anyRun, ({ queue, clock }) => {
    for (const now of [clock.now(), clock.now() + 10_000, clock.now() - 10_000]) {
      while (!refreshDue(queue, now, 3));
      const counted = new Map<string | undefined, LiveCounts>();
      for (const task of queue.tasks.values()) {
        const counts = counted.get(task.record.definition) ?? noTasks();
        counts[stateAt(task, now)] += 1;
        counted.set(task.record.definition, counts);
      }
      expect(queue.counts.byDefinition).toEqual(counted);
      const sums = liveStates.map((state) => [
        state,
        [...counted.values()].reduce((sum, each) => sum + each[state], 0),
      ]);
      expect(queue.counts.total).toEqual(Object.fromEntries(sums));
      const dead = [...queue.tasks.values()].filter(({ record }) => record.isDeadLetter);
      const ofDead = liveStates.map((state) => [state, dead.filter((task) => stateAt(task, now) === state).length]);
      expect([queue.counts.dead, queue.counts.deadLetters]).toEqual([Object.fromEntries(ofDead), dead.length]);
    }
  });
});

test("an engine restored at any time has the same tasks, and all of them wait", () => {
  check(anyRun, ({ engine, queue }) => {
    const restored = restoreEngine(engine).queues.get(queue.record.name);
    const records = [...(restored?.tasks.values() ?? [])].map(({ record }) => record);
    expect(records).toEqual([...queue.tasks.values()].map(({ record }) => record));
    expect(restored?.waiting.size).toBe(queue.tasks.size);
  });
});

test("after any sequence of events, every remaining task succeeds once the target answers 2xx", () => {
  fc.assert(
    fc.property(anySettings, fc.array(anyStep, { maxLength: 60 }), (settings, list) => {
      const run = startRun(settings);
      for (const step of list) {
        steps[step.kind](run, step);
        settleDue(run);
      }
      setQueueState(run.engine, run.queue, "RUNNING");
      for (let rounds = 0; run.open.size > 0 && rounds < 10_000; rounds += 1) {
        settleDue(run);
        for (const attempt of [...run.inFlight])
          settle(run, attempt, finishAttempt(run.engine, attempt, answered(204)));
        const next = nextEventAt(run.engine);
        run.clock.turnTo(Number.isFinite(next) ? next : run.clock.now());
      }
      expect([...run.open]).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
