import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type ClientOptions, CloudTaskClient, createWorker } from "../../src/index.ts";
import { deliveryOf } from "../support/deliveries.ts";

const URL = "https://worker.test/tasks/run";

beforeEach(() => {
  vi.stubEnv("CLOUD_TASKS_EMULATOR_HOST", undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Delivers a task whose handler throws, and returns the answer's body and the calls of `console`. */
async function failWith(error: unknown, options: Partial<ClientOptions> = {}) {
  const printed = vi.spyOn(console, "error").mockReturnValue();
  const client = new CloudTaskClient({ url: URL, secret: "s3cret-key", ...options });
  client.task("charge-card", () => Promise.reject(error));
  const request = deliveryOf({ task: "charge-card" }, { "X-CloudTask-Secret": "s3cret-key" });
  const body: unknown = await (await createWorker(client).fetch(request)).json();
  return { body, lines: printed.mock.calls };
}

const LABEL = '"charge-card" (task 6154398438278443008, attempt 1)';

test.each([
  ["the option emulatorHost", {}, { emulatorHost: "127.0.0.1:1" }],
  ["the environment variable CLOUD_TASKS_EMULATOR_HOST", { CLOUD_TASKS_EMULATOR_HOST: "127.0.0.1:1" }, {}],
])("with %s, a failed handler is printed by the console", async (_, variables, options) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const error = new Error("card declined");
  const { lines } = await failWith(error, options);
  expect(lines).toEqual([[`cloudtask: ${LABEL} failed: card declined`, error]]);
});

test("without an emulator and a logger, nothing is printed", async () => {
  expect((await failWith(new Error("card declined"))).lines).toEqual([]);
});

test("a logger replaces the console, also with an emulator", async () => {
  const error = vi.fn();
  const { lines } = await failWith(new Error("no"), { emulatorHost: "127.0.0.1:1", logger: { warn: vi.fn(), error } });
  expect(lines).toEqual([]);
  expect(error).toHaveBeenCalledOnce();
});

test.each([
  ["an error", new Error("card declined"), "card declined"],
  [
    "a cause",
    new Error("no order", { cause: new Error("connection refused") }),
    "no order (cause: connection refused)",
  ],
  ["an error without a message", Object.assign(new AggregateError([], ""), { code: "ECONNREFUSED" }), "ECONNREFUSED"],
  ["a text", "declined", "declined"],
  ["an object", { declined: true }, '{"declined":true}'],
  ["a cycle", Object.assign([], { 0: globalThis }), "[object Array]"],
  ["nothing", undefined, "none"],
  ["several lines", new Error("a\nb\u001b[31m\u202e"), "a\\u000ab\\u001b[31m\\u202e"],
  ["other languages", new Error("Karte abgelehnt für 王"), "Karte abgelehnt für 王"],
  ["the secret of the client", new Error("sent s3cret-key"), "sent [secret]"],
  ["a token", new Error("sent Bearer ya29.abcdefgh"), "sent Bearer [secret]"],
  ["a URL with a password", new Error("postgres://u:hunter2@db/x"), "postgres://u:[secret]@db/x"],
  ["a password", new Error("user=ada&password=hunter2"), "user=ada&password=[secret]"],
  ["a long text", new Error("x".repeat(100_000)), `${"x".repeat(500)}…`],
])("the answer to a handler that throws %s states it on one line, without secrets", async (_, error, text) => {
  const { body } = await failWith(error);
  expect(body).toEqual({ status: "error", message: `${LABEL} failed: ${text}` });
});
