import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { type ClientOptions, CloudTaskClient, type PushResult, type RetrySettings } from "cloudtask";
import { afterAll, beforeAll, expect, test } from "vitest";

let emulator: Emulator;

beforeAll(async () => {
  emulator = await createEmulator({
    queues: { default: { paused: true }, slow: { paused: true }, spread: { paused: true, shards: 2 } },
  });
});

afterAll(() => emulator.close());

function clientOf(options: Partial<ClientOptions> = {}): CloudTaskClient {
  const client = new CloudTaskClient({ url: "http://worker.test/", emulatorHost: emulator.host, ...options });
  return client;
}

/** Reads the task's own settings back with GetTask. */
async function retryConfigOf({ name }: Pick<PushResult, "name">): Promise<unknown> {
  const answer = await fetch(`${emulator.url}/v2/${name}`);
  return ((await answer.json()) as { readonly retryConfig?: unknown }).retryConfig;
}

/** The settings that Cloud Tasks stores if a task sets only a part of them. The limits include the margin. */
const stored = {
  maxAttempts: 200,
  maxRetryDuration: "86400s",
  minBackoff: "0.100s",
  maxBackoff: "3600s",
  maxDoublings: 16,
} as const;

const unlimited = { minBackoff: "0.100s", maxBackoff: "3600s", maxDoublings: 16, maxAttempts: -1 } as const;

const fields: readonly [RetrySettings, object | undefined][] = [
  [{}, undefined],
  [{ maxAttempts: 3 }, { ...stored, maxAttempts: 103 }],
  [{ maxAttempts: -1 }, unlimited],
  [{ maxAttempts: 2 ** 31 - 1 }, { ...stored, maxAttempts: 2 ** 31 - 1 }],
  [{ minBackoff: "1.234567891s" }, { ...stored, minBackoff: "1.234567891s" }],
  [{ maxBackoff: "10m" }, { ...stored, maxBackoff: "600s" }],
  [{ maxDoublings: 4 }, { ...stored, maxDoublings: 4 }],
  [{ maxRetryDuration: "1d" }, { ...stored, maxAttempts: 100, maxRetryDuration: "172800s" }],
  [{ maxRetryDuration: 0 }, stored],
  [
    { maxAttempts: -1, maxRetryDuration: "1d" },
    { ...stored, maxAttempts: 100, maxRetryDuration: "172800s" },
  ],
  [
    { maxAttempts: 8, minBackoff: "5s", maxBackoff: "10m", maxDoublings: 4, maxRetryDuration: "1d" },
    { maxAttempts: 108, minBackoff: "5s", maxBackoff: "600s", maxDoublings: 4, maxRetryDuration: "172800s" },
  ],
];

test.each(
  fields.flatMap(([retry, sent]) =>
    (["client", "definition", "push", "pushMany"] as const).map((level) => ({ level, retry, sent })),
  ),
)("$retry on a $level is sent as $sent", async ({ level, retry, sent }) => {
  await using client = clientOf(level === "client" ? { retry } : {});
  const task = client.task("t", { ...(level === "definition" && { retry }), run: (_: number) => undefined });
  if (level === "pushMany") {
    const results = await client.pushMany([task(1), task(2)], { push: { retry } });
    for (const result of results) {
      expect.assert(result.status === "pushed");
      expect(await retryConfigOf(result.result)).toEqual(sent);
    }
    return;
  }
  expect(await retryConfigOf(await task(1).push(level === "push" ? { retry } : {}))).toEqual(sent);
});

test("a definition overrides the client field by field, and a push overrides both", async () => {
  await using client = clientOf({ retry: { maxAttempts: 3, minBackoff: "2h", maxBackoff: "4h", maxDoublings: 2 } });
  const task = client.task("t", {
    retry: { maxAttempts: 4, minBackoff: "3h", maxDoublings: undefined },
    run: (_: number) => undefined,
  });
  const push = task(1).push({ retry: { maxAttempts: -1, minBackoff: "1s" } });
  const limits = { maxBackoff: "14400s", maxDoublings: 2 };
  expect(await retryConfigOf(await push)).toEqual({ ...limits, maxAttempts: -1, minBackoff: "1s" });
  expect(await retryConfigOf(await task(1).push())).toEqual({
    ...stored,
    ...limits,
    maxAttempts: 104,
    minBackoff: "10800s",
  });
  await expect(task(1).push({ retry: { maxBackoff: "1h" } })).rejects.toThrow(
    'pushing "t": `retry.minBackoff` must not be longer than `retry.maxBackoff`, received 10800s and 3600s',
  );
});

test("a queue that the client describes overrides the client, and a definition overrides the queue", async () => {
  const queues = {
    default: null,
    slow: { retry: { minBackoff: "3h", maxBackoff: "9h", maxAttempts: 5 } },
    spread: { retry: { maxAttempts: 6 }, shards: 2 },
  } as const;
  await using client = clientOf({ queues, retry: { maxAttempts: 1, maxDoublings: 2 } });
  const base = { ...stored, maxDoublings: 2 };
  const task = client.task("t", (_: number) => undefined);
  expect(await retryConfigOf(await task(1).push())).toEqual({ ...base, maxAttempts: 101 });
  const slow = { ...base, maxAttempts: 105, minBackoff: "10800s", maxBackoff: "32400s" };
  expect(await retryConfigOf(await task(2).push({ queue: "slow" }))).toEqual(slow);
  expect(await retryConfigOf(await task(3).push({ queue: "spread" }))).toEqual({ ...base, maxAttempts: 106 });
  const own = client.task("own", { queue: "slow", retry: { maxAttempts: 2 }, run: (_: number) => undefined });
  expect(await retryConfigOf(await own(4).push())).toEqual({ ...slow, maxAttempts: 102 });
  expect(() => client.task("crossed", { queue: "slow", retry: { maxBackoff: "2h" }, run: () => 1 })).toThrow(
    'client.task("crossed"): `retry.minBackoff` must not be longer than `retry.maxBackoff`, received 10800s and 7200s',
  );
  const crossed = client.task("elsewhere", { retry: { maxBackoff: "2h" }, run: (_: number) => undefined });
  await expect(crossed(5).push({ queue: "slow" })).rejects.toThrow("received 10800s and 7200s");
});

test("an App Engine task and a deferred push carry their retry settings too", async () => {
  await using client = clientOf({ appEngine: {}, retry: { maxDoublings: 3 } });
  const task = client.task("t", (_: number) => undefined);
  expect(await retryConfigOf(await task(1).push())).toEqual({ ...stored, maxDoublings: 3 });
  const deferred = await client.deferPushes(() => task(2).push({ retry: { maxAttempts: 5 } }));
  expect(await retryConfigOf(deferred)).toEqual({ ...stored, maxDoublings: 3, maxAttempts: 105 });
});
