import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator } from "@cloudtask/emulator";
import { CloudTaskClient, NonRetriableError, type RetrySettings } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";
import { expect, onTestFinished, test } from "vitest";
import { startTestEnvironment } from "./support/test-environment.ts";

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** An emulator, and a worker whose server first answers as `before` does. */
async function startBehind(before: Listener, retry: RetrySettings) {
  const emulator = await createEmulator({ queues: { default: {} } });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const client = new CloudTaskClient({ url, emulatorHost: emulator.host, secret: "s3cret-key", retry });
  const worker = cloudTaskListener(client);
  server.on("request", (request, response) => before(request, response) ?? worker(request, response));
  onTestFinished(async () => {
    await emulator.close();
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  const statuses: (number | undefined)[] = [];
  emulator.on("attempt", (event) => event.phase === "finished" && statuses.push(event.status));
  return { emulator, client, statuses };
}

const every = (backoff: "2s" | "1h"): RetrySettings => ({ minBackoff: backoff, maxBackoff: backoff });

test.each<[RetrySettings, number]>([
  [{ maxRetryDuration: "3s" }, 3],
  [{ maxRetryDuration: "3s", maxAttempts: 2 }, 3],
  [{ maxRetryDuration: "3s", maxAttempts: 5 }, 5],
  [{ maxAttempts: 4 }, 4],
])("with %j and a backoff of 2 s, the worker discards a failing task at attempt %i", async (limits, last) => {
  await using environment = await startTestEnvironment({ client: { retry: { ...every("2s"), ...limits } } });
  const { client, emulator, finishedAttempts } = environment;
  const seen: unknown[] = [];
  const task = client.task("broken", {
    run: (_: undefined, { delivery: { attempt, isLastAttempt } }) => {
      seen.push([attempt, isLastAttempt]);
      throw new Error("no");
    },
    onDiscard: ({ reason, delivery: { attempt } }) => seen.push([reason, attempt]),
  });
  // The clock of the emulator is ahead of the worker's.
  await emulator.advance("1d");
  await task().push();
  await emulator.idle();
  for (let round = 0; round < 8; round++) await emulator.advance("2s");
  const failing = Array.from({ length: last - 1 }, (_, index) => [index + 1, false]);
  expect(seen).toEqual([...failing, [last, true], ["max-attempts", last]]);
  expect(finishedAttempts.map(({ status }) => status)).toEqual([...failing.map(() => 500), 200]);
});

test("a worker that never answers before the deadline ends the task without another run", async () => {
  let hangs = 17;
  const { emulator, client, statuses } = await startBehind(() => (hangs-- > 0 ? true : undefined), {
    ...every("1h"),
    maxAttempts: 2,
  });
  const discards: unknown[] = [];
  const task = client.task("blocks", {
    run: () => expect.unreachable(),
    onDiscard: ({ reason, delivery }) => discards.push([reason, delivery.attempt, delivery.previousResponse]),
  });
  await task().push();
  while (hangs > 0) await emulator.advance("1h", { targetTimeout: "100ms" });
  await emulator.advance("2h");
  expect(discards).toEqual([["max-attempts", 18, 504]]);
  expect([statuses.length, statuses.at(-1)]).toEqual([18, 200]);
});

test("rejections do not use up the attempts of a task", async () => {
  let rejections = 60;
  const reject: Listener = (_, response) => (rejections-- > 0 ? response.writeHead(429).end() : undefined);
  const { emulator, client, statuses } = await startBehind(reject, { ...every("1h"), maxAttempts: 1 });
  const runs: number[] = [];
  const task = client.task("late", (_: undefined, { delivery }) => void runs.push(delivery.attempt));
  await task().push();
  await emulator.idle();
  await emulator.advance("70h");
  expect(runs).toEqual([61]);
  expect(statuses).toEqual([...Array(60).fill(429), 200]);
});

test("a discard that fails on the last attempts of Cloud Tasks is repeated by the next one", async () => {
  let rejections = 98;
  const reject: Listener = (_, response) => (rejections-- > 0 ? response.writeHead(429).end() : undefined);
  const { emulator, client, statuses } = await startBehind(reject, { ...every("1h"), maxAttempts: 1 });
  const discards: number[] = [];
  const task = client.task("late", {
    run: () => expect.unreachable(),
    onDiscard: ({ delivery }) => {
      discards.push(delivery.attempt);
      if (discards.length < 3) throw new Error("the table is locked");
    },
  });
  await task().push();
  await emulator.idle();
  await emulator.advance("200h");
  expect(discards).toEqual([99, 100, 101]);
  expect(statuses.slice(-4)).toEqual([429, 507, 507, 200]);
});

test("a NonRetriableError ends a task at once, also without limits", async () => {
  await using environment = await startTestEnvironment({ client: { retry: { maxAttempts: -1 } } });
  const { client, emulator, finishedAttempts } = environment;
  const reasons: string[] = [];
  const task = client.task("wrong", {
    run: () => Promise.reject(new NonRetriableError("no such card")),
    onDiscard: ({ reason }) => reasons.push(reason),
  });
  await task().push();
  await emulator.idle();
  expect([reasons, finishedAttempts.map(({ status }) => status)]).toEqual([["non-retriable"], [200]]);
});
