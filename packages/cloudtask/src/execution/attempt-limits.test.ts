import fc from "fast-check";
import { expect, test } from "vitest";
import { backoffMs } from "../core/backoff.ts";
import type { Duration } from "../core/duration.ts";
import { checkRetry, DEFAULT_RETRY, type ResolvedRetry, type RetrySettings } from "../core/retry-settings.ts";
import { createTaskRetry, parseRetryHeader, retryHeader, retryLimits, type TaskRetry } from "../core/task-retry.ts";
import { AttemptLimits } from "./attempt-limits.ts";

/** The end of one attempt. */
type Fate =
  | "fails" // the handler throws
  | "discard fails" // the handler throws, and so does onDiscard
  | "exits" // the handler ends its process
  | "killed" // the process is ended before anything runs
  | "rejected" // the worker answers 401, 404 or 429
  | "platform error"; // a load balancer answers 503

const REACHED: readonly Fate[] = ["fails", "discard fails", "exits"];

interface Attempt {
  readonly fate: Fate;
  readonly durationMs: number;
  /** The time that the attempt waited in its queue after it was due. */
  readonly queuedMs: number;
}

interface Life {
  readonly end: "dropped" | "discarded" | "open";
  readonly attempts: readonly { readonly fate: Fate; readonly ran: boolean }[];
}

const DEADLINE_MS = 600_000;

/** A task in Cloud Tasks, and the worker that gets its attempts. */
class TaskLife {
  readonly played: { fate: Fate; ran: boolean }[] = [];
  readonly #retry: ResolvedRetry;
  readonly #taskRetry: TaskRetry;
  #nowMs = 0;
  #dueMs = 0;
  #firstMs = 0;
  #executions = 0;
  #previousResponse = 0;

  constructor(settings: RetrySettings) {
    this.#retry = checkRetry(settings, "test");
    const created = createTaskRetry(this.#retry, 0) ?? expect.unreachable();
    this.#taskRetry = parseRetryHeader(retryHeader(created)) ?? expect.unreachable();
  }

  /** @returns the end of the task, if this attempt ends it */
  attempt({ fate, durationMs, queuedMs }: Attempt): Life["end"] | undefined {
    this.#nowMs = this.#dueMs + queuedMs;
    if (this.played.length === 0) this.#firstMs = this.#nowMs;
    const discards = this.#deliver(fate, durationMs);
    if (discards && fate !== "discard fails") return "discarded";
    this.#previousResponse = discards ? 507 : 500;
    if (fate === "rejected") this.#executions += 1;
    this.#dueMs = this.#nowMs + backoffMs({ ...DEFAULT_RETRY, ...this.#retry }, this.played.length);
    return this.#isDropped() ? "dropped" : undefined;
  }

  /** Makes the decisions of the worker. @returns `true` if it tries to discard the task */
  #deliver(fate: Fate, durationMs: number): boolean {
    const { length: retryCount } = this.played;
    const lostAttempts = retryCount - this.#executions;
    const limits = new AttemptLimits(
      {
        retryCount,
        lostAttempts,
        spentAttempts: lostAttempts,
        scheduledAt: new Date(this.#dueMs),
        dispatchDeadlineMs: DEADLINE_MS,
        taskRetry: this.#taskRetry,
        now: () => this.#nowMs,
      },
      {},
    );
    const isReached = REACHED.includes(fate);
    const repeatsDiscard = limits.wereReached && this.#previousResponse === 507;
    const ran = isReached && !limits.isExhausted && !repeatsDiscard;
    this.played.push({ fate, ran });
    this.#nowMs += durationMs;
    return isReached && (!ran || (fate !== "exits" && limits.isLastAttempt === true));
  }

  #isDropped(): boolean {
    const { maxAttempts, maxRetryDurationMs } = this.#taskRetry.service;
    if (maxAttempts === -1) return false;
    return this.played.length >= maxAttempts && this.#nowMs - this.#firstMs >= maxRetryDurationMs;
  }
}

function play(settings: RetrySettings, attempts: readonly Attempt[]): Life {
  const life = new TaskLife(settings);
  for (const attempt of attempts) {
    const end = life.attempt(attempt);
    if (end !== undefined) return { end, attempts: life.played };
  }
  return { end: "open", attempts: life.played };
}

const someSettings = fc
  .record<RetrySettings>(
    {
      maxAttempts: fc.oneof(fc.constant(-1), fc.integer({ min: 1, max: 30 })),
      minBackoff: fc.integer({ min: 1, max: 100_000 }),
      maxBackoff: fc.integer({ min: 100_000, max: 20_000_000 }),
      maxDoublings: fc.integer({ min: 1, max: 20 }),
      maxRetryDuration: fc.integer({ min: 0, max: 300_000 }).map((seconds) => seconds * 1000),
    },
    { requiredKeys: [] },
  )
  .filter((settings) => Object.keys(settings).length > 0);

function someAttempts(fate: fc.Arbitrary<Fate>, longestQueuedMs: number): fc.Arbitrary<Attempt[]> {
  const durationMs = fc.integer({ min: 0, max: DEADLINE_MS });
  const queuedMs = fc.integer({ min: 0, max: longestQueuedMs });
  return fc.array(fc.record({ fate, durationMs, queuedMs }), { minLength: 250, maxLength: 400, size: "max" });
}

function every(backoff: Duration): RetrySettings {
  return { minBackoff: backoff, maxBackoff: backoff };
}

const anyFate = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom<Fate>("fails", "discard fails") },
  { weight: 6, arbitrary: fc.constantFrom<Fate>("exits", "killed", "rejected", "platform error") },
);

/** No worker runs, so only Cloud Tasks can end the task. With random fates that is too rare for a law. */
const unreached = fc.constantFrom<Fate>("killed", "rejected", "platform error");

const DAY_MS = 86_400_000;

test("Cloud Tasks never drops a task unless no worker could discard it in the last three attempts", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      someSettings,
      fc.oneof(...[anyFate, unreached].map((fate) => someAttempts(fate, 3 * DAY_MS))),
      (settings, attempts) => {
        const { end, attempts: played } = play(settings, attempts);
        seen.add(end);
        if (end !== "dropped") return;
        const last = played.slice(-3).map(({ fate }) => fate);
        expect(last).not.toContain("fails");
        expect(last).not.toContain("exits");
        expect(played.slice(-3).map(({ ran }) => ran)).toEqual([false, false, false]);
      },
    ),
    { numRuns: 300 },
  );
  expect([...seen]).toEqual(expect.arrayContaining(["discarded", "dropped"]));
});

test.each<{ settings: RetrySettings; fate: Fate; queuedMs?: number; end: Life["end"]; attempts: number; runs: number }>(
  [
    { settings: { maxAttempts: 3 }, fate: "fails", end: "discarded", attempts: 3, runs: 3 },
    { settings: { maxAttempts: 3 }, fate: "exits", end: "discarded", attempts: 19, runs: 18 },
    { settings: { maxAttempts: 1 }, fate: "exits", end: "discarded", attempts: 17, runs: 16 },
    { settings: { minBackoff: "1s" }, fate: "exits", end: "discarded", attempts: 116, runs: 115 },
    { settings: { maxAttempts: -1 }, fate: "exits", end: "open", attempts: 300, runs: 300 },
    { settings: { maxAttempts: 3, ...every("1m") }, fate: "rejected", end: "dropped", attempts: 1310, runs: 0 },
    { settings: { maxAttempts: 3, ...every("1h") }, fate: "rejected", end: "dropped", attempts: 103, runs: 0 },
    { settings: { maxRetryDuration: "3h", ...every("1h") }, fate: "fails", end: "discarded", attempts: 4, runs: 4 },
    { settings: { maxRetryDuration: "3h", ...every("1h") }, fate: "exits", end: "discarded", attempts: 6, runs: 5 },
    { settings: { maxRetryDuration: "1h", ...every("9m") }, fate: "exits", end: "discarded", attempts: 16, runs: 15 },
    { settings: { maxRetryDuration: "1h", ...every("1m") }, fate: "rejected", end: "dropped", attempts: 1365, runs: 0 },
    {
      settings: { maxRetryDuration: "3h", maxAttempts: 2, ...every("1h") },
      fate: "fails",
      end: "discarded",
      attempts: 4,
      runs: 4,
    },
    {
      settings: { maxRetryDuration: "3h", maxAttempts: 9, ...every("1h") },
      fate: "fails",
      end: "discarded",
      attempts: 9,
      runs: 9,
    },
  ],
)('with $settings, a task whose attempts end with "$fate" is $end after $attempts attempts and $runs runs', (row) => {
  const attempts = Array<Attempt>(row.attempts === 300 ? 300 : 2_000).fill({
    fate: row.fate,
    durationMs: 6_000,
    queuedMs: 0,
  });
  const { end, attempts: played } = play(row.settings, attempts);
  expect([end, played.length, played.filter(({ ran }) => ran).length]).toEqual([row.end, row.attempts, row.runs]);
});

test("a run that may end after Cloud Tasks stops is not started", () => {
  const rejected = { fate: "rejected", durationMs: 0, queuedMs: 0 } as const;
  const exits = { fate: "exits", durationMs: DEADLINE_MS, queuedMs: 0 } as const;
  // The 101st attempt starts 5 minutes before a day has passed, and its deadline is 10 minutes.
  const attempts = [
    ...Array<Attempt>(99).fill(rejected),
    { ...rejected, queuedMs: DAY_MS - 100 * 60_000 - 300_000 },
    exits,
  ];
  const { end, attempts: played } = play({ maxAttempts: 1, ...every("1m") }, attempts);
  expect([end, played.length, played.at(-1)?.ran]).toEqual(["discarded", 101, false]);
});

test("without a backlog, a task that fails in each run is discarded at the failure at which both limits are reached", () => {
  fc.assert(
    fc.property(someSettings, someAttempts(fc.constant<Fate>("fails"), 0), (settings, attempts) => {
      const { maxAttempts, maxRetryDurationMs } = retryLimits(checkRetry(settings, "test"));
      let nowMs = 0;
      const expected = attempts.findIndex(({ durationMs }, index) => {
        nowMs += durationMs;
        if (index + 1 >= maxAttempts && nowMs >= maxRetryDurationMs && (maxAttempts !== -1 || maxRetryDurationMs > 0))
          return true;
        nowMs += backoffMs({ ...DEFAULT_RETRY, ...checkRetry(settings, "test") }, index + 1);
        return false;
      });
      const { end, attempts: played } = play(settings, attempts);
      expect([end, played.length]).toEqual(expected === -1 ? ["open", attempts.length] : ["discarded", expected + 1]);
    }),
    { numRuns: 50 },
  );
});

test("a task that waited in its queue for two days is retried for its duration, not discarded at its first failures", () => {
  const quick = { fate: "fails", durationMs: 1_000, queuedMs: 0 } as const;
  const attempts = [{ ...quick, queuedMs: 2 * DAY_MS }, ...Array<Attempt>(50).fill(quick)];
  const settings = { maxRetryDuration: "1h", minBackoff: "1m", maxBackoff: "1m" } as const;
  const { end, attempts: played } = play(settings, attempts);
  // Six attempts may have taken their full deadline of 10 minutes.
  expect([end, played.length]).toEqual(["discarded", 7]);
});

test("a history of a billion attempts is judged at once", () => {
  const retry = checkRetry({ maxRetryDuration: "10000d" }, "test");
  const taskRetry = createTaskRetry(retry, 0);
  const counts = { retryCount: 1e9, spentAttempts: 1e9, lostAttempts: 1e9 };
  const limits = new AttemptLimits(
    { ...counts, scheduledAt: new Date(0), dispatchDeadlineMs: 1, taskRetry, now: () => 0 },
    {},
  );
  expect(limits.isLastAttempt).toBe(false);
});
