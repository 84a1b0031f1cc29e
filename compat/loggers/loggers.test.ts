import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { ConsoleLogger, Logger as NestLogger } from "@nestjs/common";
import bunyan from "bunyan";
import { CloudTaskClient, createWorker, type Logger, NonRetriableError } from "cloudtask";
import pino from "pino";
import { afterEach, expect, test, vi } from "vitest";
import winston from "winston";

afterEach(() => {
  vi.restoreAllMocks();
});

/** A stream that collects lines. */
function collector(): { readonly lines: string[]; readonly stream: Writable } {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      lines.push(String(chunk).trimEnd());
      done();
    },
  });
  return { lines, stream };
}

/** Delivers a task whose handler throws. */
async function fail(logger: Logger, error: unknown): Promise<void> {
  const client = new CloudTaskClient({ url: "https://worker.test/tasks/run", logger });
  client.task("charge-card", () => Promise.reject(error));
  await createWorker(client, { allowUnauthenticated: true }).fetch(
    new Request("https://worker.test/tasks/run", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-CloudTasks-TaskName": "42",
        "X-CloudTasks-QueueName": "payments",
        "X-CloudTasks-TaskRetryCount": "1",
      },
      body: '{"task":"charge-card"}',
    }),
  );
}

const FIELDS = { task: "charge-card", id: "42", queue: "payments", attempt: 2 };
const FAILED = 'cloudtask: "charge-card" (task 42, attempt 2) failed: card declined (cause: timeout)';
const DISCARDED = 'cloudtask: "charge-card" (task 42, attempt 2) was discarded (non-retriable): card stolen';
const STACK = /^Error: card declined\n {4}at .+loggers\.test\.ts/;

const declined = new Error("card declined", { cause: new Error("timeout") });
const stolen = new NonRetriableError("card stolen");

test.each([
  ["a logger", (stream: Writable) => pino({}, stream), "err"],
  ["a child", (stream: Writable) => pino({}, stream).child({ app: "shop" }), "err"],
  ["a logger with an errorKey of its own", (stream: Writable) => pino({ errorKey: "error" }, stream), "error"],
])("pino, %s: one line has the message, the error and the fields", async (_, create, key) => {
  const { lines, stream } = collector();
  await fail(create(stream), declined);
  const [line = "{}"] = lines;
  const { [key]: error, ...rest } = JSON.parse(line) as Record<string, unknown>;
  expect(rest).toMatchObject({ ...FIELDS, level: 50, msg: FAILED });
  expect(error).toMatchObject({
    type: "Error",
    message: "card declined: timeout",
    stack: expect.stringMatching(STACK),
  });
  expect(lines).toHaveLength(1);
});

test("bunyan: one line has the message, the error and the fields", async () => {
  const { lines, stream } = collector();
  await fail(bunyan.createLogger({ name: "shop", stream }), declined);
  const { err, ...rest } = JSON.parse(lines[0] ?? "{}") as Record<string, unknown>;
  expect(rest).toMatchObject({ ...FIELDS, name: "shop", level: 50, msg: FAILED });
  expect(err).toMatchObject({ name: "Error", message: "card declined", stack: expect.stringMatching(STACK) });
});

test.each([
  ["a logger", (logger: winston.Logger) => logger],
  ["a child", (logger: winston.Logger) => logger.child({ app: "shop" })],
])("winston, %s: one line has the message, the stacks and the fields", async (_, from) => {
  const { lines, stream } = collector();
  const transports = [new winston.transports.Stream({ stream })];
  await fail(from(winston.createLogger({ format: winston.format.json(), transports })), declined);
  const { stack, ...rest } = JSON.parse(lines[0] ?? "{}") as Record<string, unknown>;
  expect(rest).toMatchObject({ ...FIELDS, level: "error", message: FAILED });
  expect(stack).toMatch(STACK);
  expect(stack).toMatch(/\ncaused by: Error: timeout\n/);
});

test.each([
  ["Logger with a context", new NestLogger("Shop"), "[Shop]"],
  ["Logger without a context", new NestLogger(), "[CloudTask]"],
  ["ConsoleLogger", new ConsoleLogger("Shop", { colors: false }), "[Shop]"],
])("Nest's %s: a failure has the message, the stacks and the context", async (_, logger, context) => {
  const printed: string[] = [];
  const record = (chunk: unknown): boolean => printed.push(String(chunk)) > 0;
  vi.spyOn(process.stderr, "write").mockImplementation(record);
  vi.spyOn(process.stdout, "write").mockImplementation(record);
  await fail(logger, declined);
  await fail(logger, stolen);
  vi.restoreAllMocks();
  const text = stripVTControlCharacters(printed.join(""));
  expect(text).toMatch(new RegExp(`ERROR \\${context} ${escaped(FAILED)}\n+Error: card declined\n {4}at `));
  expect(text).toContain("\ncaused by: Error: timeout\n    at ");
  expect(text).toContain(`WARN ${context} ${DISCARDED}\nNonRetriableError: card stolen\n    at `);
});

function escaped(text: string): string {
  return text.replace(/[()]/g, "\\$&");
}

test("firebase-functions/logger: one entry has the severity, the message, the error and the fields", async () => {
  const printed = vi.spyOn(console, "error").mockReturnValue();
  // It keeps the functions of the console that it finds when it is loaded.
  await fail(await import("firebase-functions/logger"), declined);
  const entry = JSON.parse(String(printed.mock.calls[0]?.[0])) as Record<string, unknown>;
  expect(entry).toMatchObject({ ...FIELDS, severity: "ERROR" });
  expect(entry.message).toMatch(`${FAILED} Error: card declined\n    at `);
  expect(entry.message).toContain("[cause]: Error: timeout");
});

test("console: one line has the message and the error object", async () => {
  const printed = vi.spyOn(console, "error").mockReturnValue();
  await fail(console, declined);
  expect(printed.mock.calls).toEqual([[FAILED, declined]]);
});

test("a thrown value that is not an error is in the message of every logger", async () => {
  const { lines, stream } = collector();
  const print = winston.format.printf(({ message }) => String(message));
  await fail(pino({}, stream), { declined: true });
  await fail(bunyan.createLogger({ name: "shop", stream }), { declined: true });
  await fail(
    winston.createLogger({ format: print, transports: [new winston.transports.Stream({ stream })] }),
    "declined",
  );
  expect(lines).toEqual([
    expect.stringContaining('failed: {\\"declined\\":true}"'),
    expect.stringContaining('failed: {\\"declined\\":true}"'),
    'cloudtask: "charge-card" (task 42, attempt 2) failed: declined',
  ]);
});
