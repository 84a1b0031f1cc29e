import type { OneQueueSettings, Queue } from "cloudtask/admin";
import fc from "fast-check";
import { expect, test } from "vitest";
import { adminBench } from "../support/admin-bench.ts";

/** Milliseconds with up to six digits of fraction, as the service keeps durations to the nanosecond. */
const ms = (max: number) => fc.integer({ min: 1, max: max * 1_000 }).map((micros) => micros / 1_000);

const seconds = fc.integer({ min: 0, max: 10_000_000 }).map((each) => each * 1_000);

const some = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(fields, { requiredKeys: [] });

// Both limits or none, because a limit alone can contradict the other limit of the existing queue.
const backoff = fc.option(
  fc.tuple(ms(3_600_000), ms(3_600_000)).map(([a, b]) => ({ minBackoff: Math.min(a, b), maxBackoff: Math.max(a, b) })),
  { nil: {} },
);

const retry = fc
  .tuple(
    backoff,
    some({
      maxAttempts: fc.oneof(fc.constant(-1), fc.integer({ min: 1, max: 1_000 })),
      maxDoublings: fc.integer({ min: 1, max: 30 }),
      maxRetryDuration: seconds,
    }),
  )
  .map(([limits, others]) => ({ ...limits, ...others }));

const word = fc.stringMatching(/^[a-z]{1,8}$/);

const target = some({
  scheme: fc.constantFrom("http", "https"),
  host: word.map((each) => `${each}.test`),
  port: fc.integer({ min: 1, max: 65_535 }),
  path: word.map((each) => `/${each}`),
  query: word.map((each) => `${each}=1`),
  method: fc.constantFrom("POST", "PUT", "PATCH"),
  headers: fc.dictionary(
    word.map((each) => `X-${each}`),
    word,
  ),
  serviceAccount: word.map((each) => `${each}@p.test`),
});

const settings: fc.Arbitrary<OneQueueSettings> = some({
  rate: fc.oneof(
    fc.double({ min: 1e-3, max: 500, noNaN: true }),
    fc.integer({ min: 1, max: 30_000 }).map((each): `${number}/m` => `${each}/m`),
  ),
  concurrency: fc.integer({ min: 1, max: 5_000 }),
  retry,
  paused: fc.boolean(),
  taskTtl: fc.integer({ min: 864_000, max: 8_640_000 }).map((each) => each * 1_000),
  logging: fc.double({ min: 0, max: 1, noNaN: true }),
  target,
  routing: some({ service: word, version: word }),
}) as fc.Arbitrary<OneQueueSettings>;

/** The fields of a queue that a setting may change, as they are after a change that does not name them. */
function unnamed(queue: Queue, { retry = {}, paused, rate, ...named }: OneQueueSettings): object {
  const fields = Object.entries({ ...queue, stats: undefined }).filter(
    ([key]) =>
      !(key in named) &&
      !(key === "state" && paused !== undefined) &&
      !(rate !== undefined && /^(rate|burst)$/.test(key)),
  );
  const kept = Object.entries(queue.retry).filter(([key]) => !(key in retry));
  return { ...Object.fromEntries(fields), retry: Object.fromEntries(kept) };
}

test("after a plan is applied the next plan is empty, and settings that are not named are untouched", async () => {
  const { admin } = await adminBench();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(settings, settings, async (created, changed) => {
      const id = `queue-${run++}`;
      await (await admin.queues.plan({ [id]: created })).apply();
      expect((await admin.queues.plan({ [id]: created })).changes).toEqual([]);
      const before = await admin.queues.get(id);
      await (await admin.queues.plan({ [id]: changed })).apply();
      expect((await admin.queues.plan({ [id]: changed })).changes).toEqual([]);
      expect(unnamed(await admin.queues.get(id), changed)).toEqual(unnamed(before, changed));
    }),
    { numRuns: 60 },
  );
});
