import { once } from "node:events";
import { Agent, createServer, get, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator } from "@cloudtask/emulator";
import { expect, onTestFinished, test, vi } from "vitest";
import { type ServingProcess, startServing } from "../../test/support/serving-process.ts";
import { CloudTaskClient, createWorker } from "../index.ts";
import { type CloseOnSignalOptions, closeOnSignal } from "./node.ts";

const worker = createWorker(new CloudTaskClient({ url: "http://worker.test/" }), { allowUnauthenticated: true });

/** The task ids in the lines that start with a word. */
function ids({ lines }: ServingProcess, word: string): string[] {
  return lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
}

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s under load: running deliveries finish, new ones are rejected, and no task is lost or done twice",
  async (signal) => {
    const retry = { maxAttempts: 100, minBackoff: "1s", maxBackoff: "2s" };
    const emulator = await createEmulator({ queues: { default: { retry } } });
    onTestFinished(() => emulator.close());
    const first = await startServing({ grace: 10_000 });
    const url = `http://127.0.0.1:${first.port}/`;
    const client = new CloudTaskClient({ url, emulatorHost: emulator.host, secret: "s3cret-key" });
    onTestFinished(() => client.close());
    const work = client.task("work", (_ms: number) => undefined);
    const pushing = client.pushMany(Array.from({ length: 300 }, (_, index) => work(20 + (index % 10) * 30)));
    await first.printed("end", 40);
    first.signal(signal);
    const pushed = await pushing;
    expect(await first.ended).toEqual({ code: 0, signal: null });

    const ended = ids(first, "end");
    expect([ids(first, "cut"), first.errors()]).toEqual([[], ""]);
    expect(ended.length).toBeLessThan(300);
    expect(ids(first, "start").toSorted()).toEqual(ended.toSorted());
    expect(ids(first, "commit").toSorted()).toEqual(ended.toSorted());
    expect(first.lines.at(-1)).toBe("pool closed");
    const attempts = emulator.attempts();
    const statuses = new Set(attempts.map(({ response }) => response?.status));
    expect([...statuses].filter((status) => status !== 200 && status !== 503 && status !== undefined)).toEqual([]);
    const done = attempts.filter(({ response }) => response?.status === 200).map(({ task }) => task.split("/").at(-1));
    expect(done.toSorted()).toEqual(ended.toSorted());

    const second = await startServing({ port: first.port });
    await emulator.advance("10m");
    const all = [...ended, ...ids(second, "end")];
    expect(all.toSorted()).toEqual(pushed.map(({ result }) => result.id).toSorted());
  },
);

test("a delivery that runs longer than the grace is aborted and answered 504", async () => {
  const process = await startServing({ grace: 300, withHook: true });
  const answered = process.deliver("heed");
  await process.printed("waiting");
  process.signal("SIGTERM");
  expect(await answered).toBe(504);
  const [, ms, ...reason] = (await process.printed("aborted")).split(" ");
  expect([Number(ms) >= 299, reason.join(" ")]).toEqual([true, "the worker is closing"]);
  expect(await process.ended).toEqual({ code: 0, signal: null });
  expect(process.lines.at(-1)).toBe("closed by SIGTERM: undefined");
});

test("a second signal ends the process at once", async () => {
  const process = await startServing({ grace: 3_600_000 });
  process.deliver("hang").catch(() => undefined);
  await process.printed("hanging");
  process.signal("SIGTERM");
  // The worker answers 503 when the first signal has arrived.
  await expect.poll(() => process.deliver("work", 1)).toBe(503);
  process.signal("SIGTERM");
  expect(await process.ended).toEqual({ code: null, signal: "SIGTERM" });
});

test.each([
  {
    title: "an error while closing is thrown",
    withHook: false,
    code: 1,
    lines: [],
    stderr: /the dependency "pool" failed/,
  },
  {
    title: "with onClosed, an error while closing is passed to it instead",
    withHook: true,
    code: 0,
    lines: ['closed by SIGTERM: TeardownError: the teardown of the dependency "pool" failed: still in use'],
    stderr: /^$/,
  },
])("$title, after everything else was closed", async ({ withHook, code, lines, stderr }) => {
  const process = await startServing({ broken: true, withHook });
  expect(await process.deliver("work", 1)).toBe(200);
  process.signal("SIGTERM");
  expect(await process.ended).toEqual({ code, signal: null });
  expect(process.lines.filter((line) => line.startsWith("closed"))).toEqual(lines);
  expect(process.errors()).toMatch(stderr);
});

test("with exit, a process ends even if something else keeps it running", async () => {
  const process = await startServing({ keptAlive: true, withHook: true });
  process.signal("SIGINT");
  expect(await process.ended).toEqual({ code: 0, signal: null });
  expect(process.lines.at(-1)).toBe("closed by SIGINT: undefined");
});

test("undoing it removes its listeners and no others", () => {
  const count = () => ["SIGTERM", "SIGINT", "SIGHUP"].map((signal) => process.listenerCount(signal));
  const before = count();
  {
    using _ = closeOnSignal(worker);
    const stop = closeOnSignal(worker, { signals: ["SIGHUP"] });
    expect(count()).toEqual(before.map((listeners) => listeners + 1));
    stop();
    stop();
  }
  expect(count()).toEqual(before);
});

test.each<[string, unknown, Record<string, unknown>, RegExp]>([
  ["a client instead of a worker", new CloudTaskClient({ url: "http://w.test/" }), {}, /the worker must be an object/],
  ["no worker", undefined, {}, /the worker must be an object with the methods fetch and close/],
  ["an unknown option", worker, { servers: [] }, /unknown option "servers"; did you mean "server"\?/],
  ["a listener instead of a server", worker, { server: () => undefined }, /server must be an object with the methods/],
  ["a client without close()", worker, { client: {} }, /client must be an object with the methods close/],
  ["a wrong grace", worker, { grace: "soon" }, /closeOnSignal\(\): grace: expected a duration/],
  ["a hook that is no function", worker, { onClosed: 1 }, /onClosed must be a function, received number/],
  ["exit as text", worker, { exit: "yes" }, /exit must be true or false, received string/],
])("%s is rejected before any signal", (_, target, options, message) => {
  const before = process.listenerCount("SIGTERM");
  expect(() => closeOnSignal(target as never, options as CloseOnSignalOptions)).toThrow(message);
  expect(process.listenerCount("SIGTERM")).toBe(before);
});

test("while closing, responses end their connections, and idle connections do not delay it", async () => {
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const pending: ServerResponse[] = [];
  const server = createServer((_, outgoing) => void pending.push(outgoing)).listen(0, "127.0.0.1");
  server.keepAliveTimeout = 0;
  await once(server, "listening");
  const ask = () => get({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", agent });
  const before = ask();
  await once(server, "request");
  const busy = createWorker(new CloudTaskClient({ url: "http://w.test/" }), { allowUnauthenticated: true });
  const closing = vi.spyOn(busy, "close").mockReturnValue(once(server, "request").then(() => undefined));
  const closed = new Promise((onClosed) => {
    closeOnSignal(busy, { server, signals: ["SIGUSR2"], grace: "1h", onClosed });
  });
  process.emit("SIGUSR2", "SIGUSR2");
  const during = ask();
  await once(server, "request");
  // Then the server is closing.
  await new Promise((resolve) => setImmediate(resolve));
  for (const outgoing of pending) outgoing.end();
  const answers = await Promise.all([once(before, "response"), once(during, "response")]);
  expect(answers.map(([answer]) => answer.resume().headers.connection)).toEqual(["keep-alive", "close"]);
  expect(await closed).toEqual({ signal: "SIGUSR2", error: undefined });
  expect(closing).toHaveBeenCalledWith({ grace: 3_600_000 });
});

test.each([
  { grace: undefined, ms: 4_000 },
  { grace: 0, ms: 1_000 },
  { grace: "5s", ms: 5_000 },
] as const)("with a grace of $grace, a request that never ends is cut off after $ms ms", async ({ grace, ms }) => {
  const server = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(server, "listening");
  const asking = once(get({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", agent: false }), "error");
  await once(server, "request");
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const closed = vi.fn();
  closeOnSignal(worker, { server, signals: ["SIGUSR2"], onClosed: closed, ...(grace !== undefined && { grace }) });
  process.emit("SIGUSR2", "SIGUSR2");
  await vi.advanceTimersByTimeAsync(ms - 1);
  expect(closed).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(closed).toHaveBeenCalledWith({ signal: "SIGUSR2", error: undefined });
  expect(await asking).toEqual([expect.objectContaining({ code: "ECONNRESET" })]);
});

test("it accepts several workers, servers and clients, and servers that never started", async () => {
  const log: string[] = [];
  const clients = ["one", "other"].map((name) => ({ close: () => log.push(name) }));
  const closed = new Promise((onClosed) => {
    const server = [createServer(), createServer()];
    closeOnSignal([worker, worker], { server, client: clients, signals: ["SIGUSR2"], onClosed });
  });
  process.emit("SIGUSR2", "SIGUSR2");
  expect(await closed).toEqual({ signal: "SIGUSR2", error: undefined });
  expect(log).toEqual(["one", "other"]);
});

test("all errors while closing are reported together, and everything else is closed", async () => {
  const failing = (message: string) => ({ close: () => Promise.reject(new Error(message)) });
  const log: string[] = [];
  const client = [failing("first"), { close: () => log.push("closed") }, failing("second")];
  const closed = new Promise<unknown>((onClosed) => {
    closeOnSignal(worker, { client, signals: ["SIGUSR2"], onClosed: ({ error }) => onClosed(error) });
  });
  process.emit("SIGUSR2", "SIGUSR2");
  expect(await closed).toMatchObject({ name: "AggregateError", errors: [new Error("first"), new Error("second")] });
  expect(log).toEqual(["closed"]);
});
