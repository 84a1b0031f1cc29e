import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CloudTaskClient } from "../../src/index.ts";
import { testClient } from "../../src/testing/testing.ts";

const printed = vi.fn();

beforeEach(() => {
  vi.stubEnv("NODE_ENV", "development");
  vi.spyOn(process, "emitWarning").mockImplementation(printed);
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  printed.mockClear();
});

function clientInMemory(): CloudTaskClient {
  return new CloudTaskClient({ url: "https://worker.test/", eager: "immediate" });
}

test("a task that is created and not pushed is reported after 10 s, once per definition", async () => {
  const forgotten = clientInMemory().task("forgotten", (_: number) => undefined);
  forgotten(1);
  forgotten(2);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(printed).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  forgotten(3);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(printed.mock.calls).toEqual([
    [
      'cloudtask: a task of "forgotten" was created, but neither pushed nor run. Creating a task does nothing: call push() or ' +
        "execute(), or pass it to client.pushMany().",
    ],
  ]);
});

test("a task that is created later has its own 10 s", async () => {
  const client = clientInMemory();
  const [first, second] = ["first", "second"].map((name) => client.task(name, () => undefined));
  first?.();
  await vi.advanceTimersByTimeAsync(6_000);
  const task = second?.();
  await vi.advanceTimersByTimeAsync(6_000);
  expect(printed.mock.calls).toEqual([[expect.stringContaining('"first"')]]);
  await task?.push();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(printed).toHaveBeenCalledOnce();
});

test.each<[string, (client: CloudTaskClient) => unknown]>([
  [
    "pushed",
    (client) =>
      client
        .task("pushed", () => undefined)()
        .push(),
  ],
  [
    "executed",
    (client) =>
      client
        .task("executed", () => undefined)()
        .execute(),
  ],
  ["passed to pushMany()", (client) => client.pushMany([client.task("many", () => undefined)()])],
  [
    "deferred",
    (client) =>
      client.deferPushes(() =>
        client
          .task("deferred", () => undefined)()
          .push(),
      ),
  ],
  ["delivered by a test client", (client) => testClient(client).deliver(client.task("tested", () => undefined)())],
  [
    "rejected by its push",
    (client) =>
      client
        .task(
          "rejected",
          (_: unknown) => undefined,
        )(1n)
        .push()
        .catch(() => undefined),
  ],
])("a task that was %s is not reported", async (_, use) => {
  await use(clientInMemory());
  await vi.advanceTimersByTimeAsync(60_000);
  expect(printed).not.toHaveBeenCalled();
});

test.each(["production", "test", ""])(
  "with NODE_ENV=%j nothing is reported, and no timer runs",
  async (environment) => {
    vi.stubEnv("NODE_ENV", environment);
    clientInMemory().task("elsewhere", () => undefined)();
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(printed).not.toHaveBeenCalled();
  },
);

const SOURCE = new URL("../../src/index.ts", import.meta.url).href;

/** Runs a module that creates a task in a process of its own, and returns what it prints as an error. */
async function errorsOf(environment: string, use: string): Promise<string> {
  const code = `
    import { CloudTaskClient } from ${JSON.stringify(SOURCE)};
    const client = new CloudTaskClient({ url: "https://worker.test/", eager: "immediate" });
    const task = client.task("send-welcome-email", () => undefined);
    ${use}`;
  const args = ["--import", "tsx", "--input-type=module", "-e", code];
  const env = { ...process.env, NODE_ENV: environment };
  const { stderr } = await promisify(execFile)(process.execPath, args, { env });
  return stderr;
}

test.each([
  ["development", "await task();", 'a task of "send-welcome-email" was created, but neither pushed nor run'],
  ["development", "await task().push();", ""],
  ["production", "await task();", ""],
])(
  "a process with NODE_ENV=%s that ends after `%s` prints %j, and does not wait",
  async (environment, use, warning) => {
    vi.useRealTimers();
    const started = performance.now();
    expect(await errorsOf(environment, use)).toMatch(
      warning === "" ? /^$/ : new RegExp(`Warning: cloudtask: ${warning}`),
    );
    expect(performance.now() - started).toBeLessThan(9_000);
  },
);
