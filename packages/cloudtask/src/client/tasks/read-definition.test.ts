import { expect, test } from "vitest";
import { z } from "zod";
import { apiServer, clientOf, taskAt } from "../../../test/support/api-server.ts";
import { failureOf } from "../../../test/support/failure.ts";
import { CloudTaskClient, depends, LimitError } from "../../index.ts";

const client = new CloudTaskClient({ url: "https://worker.test/tasks/run" });
const define = client.task.bind(client) as unknown as (name: unknown, definition: unknown) => { readonly name: string };
const run = () => undefined;

test.each(["t", "send-welcome-email", "orders.process", "billing/charge_card:v2", "7", "t".repeat(200)])(
  "%s is a valid name",
  (name) => {
    expect(define(name, run).name).toBe(name);
  },
);

test.each(["", "-t", "send email", "grüße", "t\n", "t".repeat(201), undefined, null, 1, {}])(
  "%j is not a valid name",
  (name) => {
    expect(() => define(name, run)).toThrow(
      new TypeError(
        `client.task(${JSON.stringify(name)}): a name consists of 1 to 200 letters, digits and . _ : / -, and starts with a letter or digit`,
      ),
    );
  },
);

test.each<[string, unknown, string]>([
  ["no definition", undefined, "expected a handler, or options with `run`; received undefined"],
  ["null", null, "expected a handler, or options with `run`; received object"],
  ["a string", "run", "expected a handler, or options with `run`; received string"],
  ["no run", { queue: "high" }, "`run` must be the handler function, received undefined"],
  ["run that is none", { run: "x" }, "`run` must be the handler function, received string"],
  ["a handler by another name", { handler: run }, 'unknown option "handler"; did you mean "run"?'],
  ["timeout", { run, timeout: 30 }, 'unknown option "timeout"; did you mean "dispatchDeadline"?'],
  ["retries", { run, retries: 3 }, 'unknown option "retries"; did you mean "retry.maxAttempts"?'],
  ["schema", { run, schema: z.string() }, 'unknown option "schema"; did you mean "input"?'],
  ["dep", { run, dep: {} }, 'unknown option "dep"; did you mean "deps"?'],
  ["input that is no schema", { run, input: { id: "number" } }, "`input` must be a Standard Schema"],
  ["input that is null", { run, input: null }, "`input` must be a Standard Schema"],
  [
    "deps in a list",
    { run, deps: [depends(() => 1)] },
    "`deps` must be an object of dependencies by name, received an array",
  ],
  [
    "a factory for a dependency",
    { run, deps: { db: () => 1 } },
    '"db" must be a dependency created by depends(), received function',
  ],
  ["a dependency named delivery", { run, deps: { delivery: depends(() => 1) } }, 'the name "delivery" is reserved'],
  [
    "maxAttempts outside retry",
    { run, maxAttempts: 3 },
    'unknown option "maxAttempts"; did you mean "retry.maxAttempts"?',
  ],
  [
    "no attempt",
    { run, retry: { maxAttempts: 0 } },
    "`retry.maxAttempts` must be a positive integer, or -1 for no limit",
  ],
  ["retries without a name", { run, retry: 3 }, "`retry` must be settings such as { maxAttempts: 5 }, received 3"],
  ["crossed backoffs", { run, retry: { minBackoff: "9s", maxBackoff: "1s" } }, "received 9s and 1s"],
  ["a wrong queue", { run, queue: "my_queue" }, '"my_queue" is not a queue id'],
  [
    "a relative url",
    { run, url: "/tasks" },
    '`url` must be an absolute http(s) URL such as "https://api.example.com/tasks/run"',
  ],
  ["a reserved header", { run, headers: { "User-Agent": "x" } }, "the header User-Agent cannot be set"],
  ["a wrong deadline", { run, dispatchDeadline: "soon" }, "dispatchDeadline: expected a duration"],
  ["idempotent in words", { run, idempotent: "yes" }, "idempotent must be true or false, received string"],
  ["a hook that is none", { run, onDiscard: true }, "onDiscard must be a function, received boolean"],
])("%s is rejected, and the message names the task", (_, definition, fragment) => {
  expect(() => define("send-email", definition)).toThrow(TypeError);
  expect(() => define("send-email", definition)).toThrow(fragment);
  expect(() => define("send-email", definition)).toThrow('client.task("send-email")');
});

test("a deadline out of range is rejected", () => {
  expect(() => define("slow", { run, dispatchDeadline: "1h" })).toThrow(LimitError);
  expect(() => define("slow", { run, dispatchDeadline: "1h" })).toThrow("`dispatchDeadline` is 1h, 30m too long");
});

test("two definitions with one name are rejected, with file and line of both", () => {
  const own = new CloudTaskClient({ url: "https://worker.test/" });
  own.task("twice", run);
  const message = messageOf(() => own.task("twice", run));
  expect(message).toMatch(/^two task definitions are named "twice", one at .+ and one at .+; rename one of them/);
  const places = [...message.matchAll(/read-definition\.test\.ts:(\d+):\d+/g)].map(([, line]) => Number(line));
  expect(places).toHaveLength(2);
  expect((places[1] ?? 0) - (places[0] ?? 0)).toBe(1);
});

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return String((error as Error).message);
  }
  return expect.unreachable("it should have thrown");
}

test("a rejected definition does not occupy its name", () => {
  const own = new CloudTaskClient({ url: "https://worker.test/" });
  expect(() => own.task("t", { run, retry: { maxAttempts: 0 } })).toThrow(TypeError);
  expect(own.task("t", run).name).toBe("t");
});

test("two clients can have tasks of the same name", () => {
  const clients = [1, 2].map(() => new CloudTaskClient({ url: "https://worker.test/" }));
  expect(clients.map((each) => each.task("t", run).name)).toEqual(["t", "t"]);
});

test("options of a definition override the client's, and options of a push override both", async () => {
  const api = await apiServer();
  const own = clientOf(api, { queue: "slow", dispatchDeadline: "1m", headers: { "X-A": "client", "x-b": "client" } });
  const task = own.task("t", {
    queue: "fast",
    url: "https://other.test/run",
    dispatchDeadline: "2m",
    headers: { "X-B": "definition", "X-C": "definition" },
    run,
  });
  await task().push();
  await task().push({ queue: "now", dispatchDeadline: "3m", headers: { "x-c": "push" } });

  expect(api.requests.map(({ path }) => path.split("/").at(-2))).toEqual(["fast", "now"]);
  expect(taskAt(api)).toMatchObject({ dispatchDeadline: "120s", httpRequest: { url: "https://other.test/run" } });
  expect(taskAt(api).httpRequest.headers).toMatchObject({ "X-A": "client", "X-B": "definition", "X-C": "definition" });
  expect(taskAt(api, 1).dispatchDeadline).toBe("180s");
  expect(taskAt(api, 1).httpRequest.headers).toEqual({
    "Content-Type": "application/json",
    "CloudTask-Name": "t",
    "CloudTask-Deadline": "180s",
    "CloudTask-Headers": "x-c",
    "X-A": "client",
    "X-B": "definition",
    "x-c": "push",
  });
});

test("binding a payload sends nothing", async () => {
  const api = await apiServer();
  const task = clientOf(api).task("send-email", (_: { to: string }) => undefined)({ to: "a@b.test" });
  expect(task).toMatchObject({ definition: "send-email", payload: { to: "a@b.test" }, name: undefined });
  expect(api.requests).toEqual([]);
});

test("a value that is no dependency is rejected by its key", async () => {
  const error = await failureOf(Promise.resolve().then(() => define("t2", { run, deps: { db: null } })));
  expect(error.message).toContain('client.task("t2"): "db" must be a dependency');
});
