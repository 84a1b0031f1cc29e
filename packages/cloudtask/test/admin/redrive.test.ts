import { CloudTaskClient, NonRetriableError } from "cloudtask";
import { createAdmin } from "cloudtask/admin";
import { expect, test, vi } from "vitest";
import { deadLetterBench, orders, threeLetters, transportOf } from "../support/dead-letter-bench.ts";

test("a redriven task runs in its home queue with the same request, and its letter is deleted", async () => {
  const bench = await deadLetterBench({ headers: { "X-Client": "1" } });
  const seen: Record<string, string | null>[] = [];
  const state = { broken: true };
  const task = bench.client.task("t", {
    queue: "emails",
    retry: { maxAttempts: 1, minBackoff: "3s" },
    run: (_: { n: number }, { delivery }) => {
      if (state.broken) throw new Error("no");
      const { headers } = delivery.request;
      seen.push(
        Object.fromEntries(["X-Client", "X-Push", "CloudTask-Dead-Reason"].map((name) => [name, headers.get(name)])),
      );
    },
  });
  await bench.admin.queues.pause("emails");
  await task({ n: 1 }).push({ headers: { "X-Push": "2" }, dispatchDeadline: "1m", name: "one" });
  const [original = expect.unreachable()] = await bench.stored("emails");
  await bench.admin.queues.resume("emails");
  await bench.emulator.idle();
  state.broken = false;

  await bench.admin.queues.pause("emails");
  expect(await bench.admin.deadLetters.redrive("emails-dead")).toEqual({ redriven: 1, failed: [] });
  const [redriven = expect.unreachable()] = await bench.stored("emails");
  const { "CloudTask-Retry": retry, ...headers } = original.httpRequest.headers;
  const { "cloudtask-retry": renewed, ...kept } = lowerCase(redriven.httpRequest.headers);
  expect(kept).toEqual(lowerCase(headers));
  expect({ ...JSON.parse(renewed ?? ""), due: 0 }).toEqual({ ...JSON.parse(retry ?? ""), due: 0 });
  expect({ ...redriven.httpRequest, headers: 0 }).toEqual({ ...original.httpRequest, headers: 0 });
  expect(redriven).toMatchObject({ dispatchDeadline: "60s", retryConfig: original.retryConfig });
  expect(redriven.name).toMatch(/\/queues\/emails\/tasks\/[0-9a-f]{32}-redrive-t$/);

  await bench.admin.queues.resume("emails");
  await bench.emulator.idle();
  expect(seen).toEqual([{ "X-Client": "1", "X-Push": "2", "CloudTask-Dead-Reason": null }]);
  expect(await bench.letters()).toEqual([]);
});

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

test("a redriven task that fails again becomes a dead letter again, any number of times", async () => {
  const bench = await deadLetterBench();
  const { state } = await threeLetters(bench);
  const names = new Set<string>();
  for (let round = 0; round < 3; round++) {
    for (const { name } of await bench.letters()) names.add(name);
    expect(await bench.admin.deadLetters.redrive("emails-dead")).toMatchObject({ redriven: 3, failed: [] });
    await bench.emulator.idle();
    expect(orders(await bench.letters())).toEqual(['charge {"orderId":7}', 'send {"to":"a"}', 'send {"to":"b"}']);
  }
  expect(names.size).toBe(9);
  state.broken = false;
  await bench.admin.deadLetters.redrive("emails-dead");
  await bench.emulator.idle();
  expect(state.ran).toHaveLength(3);
});

test("a redrive does not follow the letters that it creates itself", async () => {
  const bench = await deadLetterBench();
  await threeLetters(bench);
  // Each task is run, and has a new letter, before the next letter is read.
  const where = () => true;
  const settle = { onProgress: () => void bench.emulator.idle() };
  const result = await bench.admin.deadLetters.redrive("emails-dead", { match: { where }, rate: 50, ...settle });
  expect(result).toEqual({ redriven: 3, failed: [] });
});

test("two redrives at the same time create each task once", async () => {
  const bench = await deadLetterBench();
  const { state } = await threeLetters(bench);
  state.broken = false;
  const other = createAdmin({ emulatorHost: bench.emulator.host });
  await Promise.all([bench.admin, other, bench.admin].map(({ deadLetters }) => deadLetters.redrive("emails-dead")));
  await bench.emulator.idle();
  expect(state.ran.map((each) => JSON.stringify(each)).sort()).toEqual(['"7"', '{"to":"a"}', '{"to":"b"}']);
  expect(await bench.letters()).toEqual([]);
  await other.close();
});

test("a redrive by the dashboard and one by the admin create each task once", async () => {
  const bench = await deadLetterBench();
  const { state } = await threeLetters(bench);
  state.broken = false;
  const tasks = (await bench.letters()).map(({ name }) => name);
  const byDashboard = fetch(`${bench.emulator.url}/control/redrive`, {
    method: "POST",
    body: JSON.stringify({ tasks }),
  });
  const [answer] = await Promise.all([byDashboard, bench.admin.deadLetters.redrive("emails-dead")]);
  expect(answer.status).toBe(200);
  await bench.emulator.idle();
  expect(state.ran).toHaveLength(3);
  expect(await bench.letters()).toEqual([]);
});

test("a redrive that died before it deleted the letter is finished by the next one, without a second task", async () => {
  const bench = await deadLetterBench();
  const { state } = await threeLetters(bench);
  state.broken = false;
  const dying = new CloudTaskClient({
    url: "http://127.0.0.1:9/",
    transport: {
      call: (call) =>
        call.method === "DELETE" ? Promise.reject(new Error("the process died")) : transportOf(bench).call(call),
      close: async () => undefined,
    },
    project: bench.emulator.project,
    location: bench.emulator.location,
  });
  const result = await createAdmin(dying).deadLetters.redrive("emails-dead");
  expect(result.redriven).toBe(0);
  expect(result.failed.map(({ error }) => String(error))).toEqual(Array(3).fill("Error: the process died"));
  await bench.emulator.idle();
  expect(state.ran).toHaveLength(3);
  expect(await bench.letters()).toHaveLength(3);
  expect(await bench.admin.deadLetters.redrive("emails-dead")).toEqual({ redriven: 3, failed: [] });
  await bench.emulator.idle();
  expect(state.ran).toHaveLength(3);
});

test("an edited payload is validated and encoded like that of a push", async () => {
  const bench = await deadLetterBench();
  const { state } = await threeLetters(bench);
  state.broken = false;
  const { redriven, failed } = await bench.admin.deadLetters.redrive("emails-dead", {
    edit: (payload: { to?: string; orderId?: number }, { task }) =>
      task === "charge" ? { orderId: (payload.orderId ?? 0) + 1 } : { to: `${payload.to}@example.com` },
  });
  await bench.emulator.idle();
  expect(redriven).toBe(3);
  expect(failed).toEqual([]);
  expect(state.ran.map((each) => JSON.stringify(each)).sort()).toEqual([
    '"8"',
    '{"to":"a@example.com"}',
    '{"to":"b@example.com"}',
  ]);
});

test.each<[string, (payload: unknown) => unknown, string]>([
  ["that the schema rejects", () => ({ orderId: "7" }), 'the payload of "charge"'],
  ["that is missing", () => undefined, "`edit` returned undefined; it must return the payload to redrive"],
  [
    "that cannot be computed",
    () => {
      throw new Error("no such order");
    },
    "no such order",
  ],
])("a letter with an edited payload %s stays, and the others are redriven", async (_, edit, message) => {
  const bench = await deadLetterBench();
  const { state } = await threeLetters(bench);
  state.broken = false;
  const progress: unknown[] = [];
  const { redriven, failed } = await bench.admin.deadLetters.redrive("emails-dead", {
    edit: (payload, { task }) => (task === "charge" ? edit(payload) : payload),
    onProgress: (each) => progress.push(each),
  });
  expect([redriven, failed.map(({ letter }) => letter.task)]).toEqual([2, ["charge"]]);
  expect(String(failed[0]?.error)).toContain(message);
  expect(progress).toHaveLength(3);
  expect(progress.at(-1)).toEqual({ redriven: 2, failed: 1 });
  expect(orders(await bench.letters())).toEqual(['charge {"orderId":7}']);
});

test("a letter whose home queue is gone stays, and can be redriven to another queue", async () => {
  const bench = await deadLetterBench();
  const { state } = await threeLetters(bench);
  state.broken = false;
  await bench.admin.queues.delete("emails");
  const { redriven, failed } = await bench.admin.deadLetters.redrive("emails-dead");
  expect([redriven, failed.length]).toEqual([1, 2]);
  expect(failed[0]?.error).toMatchObject({ code: "API_ERROR", status: "NOT_FOUND" });
  expect(await bench.admin.deadLetters.redrive("emails-dead", { to: "default" })).toEqual({ redriven: 2, failed: [] });
  await bench.emulator.idle();
  expect(state.ran).toHaveLength(3);
});

test("a redrive sends the client's current secret", async () => {
  const bench = await deadLetterBench();
  await threeLetters(bench);
  await bench.admin.queues.pause("emails");
  const rotated = new CloudTaskClient({
    url: "http://127.0.0.1:9/",
    emulatorHost: bench.emulator.host,
    secret: ["new-s3cret", "s3cret-key"],
  });
  await createAdmin(rotated).deadLetters.redrive("emails-dead", { match: { homeQueue: "emails" } });
  const tasks = await bench.stored("emails");
  expect(tasks.map(({ httpRequest }) => httpRequest.headers["X-CloudTask-Secret"])).toEqual([
    "new-s3cret",
    "new-s3cret",
  ]);
  await rotated.close();
});

test("more letters than fit on a page are redriven, at no more than the rate", async () => {
  const bench = await deadLetterBench();
  const task = bench.client.task("t", {
    queue: "emails",
    run: (_: number) => Promise.reject(new NonRetriableError("no")),
  });
  await bench.client.pushMany(Array.from({ length: 230 }, (_, n) => task(n)));
  await bench.emulator.idle();
  await bench.admin.queues.pause("emails");
  const start = performance.now();
  expect(await bench.admin.deadLetters.redrive("emails-dead", { rate: 1_000 })).toEqual({ redriven: 230, failed: [] });
  expect(performance.now() - start).toBeGreaterThan(225);
  expect(await bench.letters()).toEqual([]);
  expect(await bench.stored("emails")).toHaveLength(230);
});

test("an aborted redrive states how many letters it has redriven, and the rest stays", async () => {
  const bench = await deadLetterBench();
  await threeLetters(bench);
  const controller = new AbortController();
  const aborted = bench.admin.deadLetters.redrive("emails-dead", {
    rate: 0.01,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await expect(aborted).rejects.toMatchObject({
    code: "ABORTED",
    message: expect.stringMatching(
      /^Could not redrive the dead letters of .+: aborted by its signal\. 1 dead letters were redriven\.$/,
    ),
  });
});

test.each([{ rate: undefined }, { rate: 20 }])(
  "an error of onProgress ends the redrive (rate: $rate)",
  async ({ rate }) => {
    const bench = await deadLetterBench();
    await threeLetters(bench);
    const error = new Error("the progress bar broke");
    const onProgress = (): void => {
      throw error;
    };
    const redriving = bench.admin.deadLetters.redrive("emails-dead", { rate, onProgress });
    await expect(redriving).rejects.toBe(error);
  },
);

test("a redrive with a rate leaves one listener on a signal", async () => {
  const bench = await deadLetterBench();
  await threeLetters(bench);
  const { signal } = new AbortController();
  const listen = vi.spyOn(signal, "addEventListener");
  await bench.admin.deadLetters.redrive("emails-dead", { rate: 100, signal });
  expect(listen.mock.calls.length).toBeLessThanOrEqual(1);
});
