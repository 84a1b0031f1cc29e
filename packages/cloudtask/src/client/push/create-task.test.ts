import { expect, test } from "vitest";
import {
  apiServer,
  bodyAt,
  clientOf,
  closedPort,
  created,
  refusal,
  silence,
  taskAt,
} from "../../../test/support/api-server.ts";
import { failureOf } from "../../../test/support/failure.ts";
import { rejectedPush } from "../../../test/support/rejected-push.ts";
import { ApiError, NetworkError, TimeoutError } from "../../index.ts";

test("a push with every option sends exactly this request", async () => {
  const api = await apiServer();
  const client = clientOf(api, {
    serviceAccount: "tasks@p.iam.gserviceaccount.com",
    audience: "https://worker.test",
    secret: ["new-s3cret", "old-s3cret"],
    secretHeader: "X-Own-Secret",
    headers: { "X-Tenant": "acme" },
    dispatchDeadline: "1m",
  });
  const charge = client.task("charge-card", { queue: "payments", run: (_: { orderId: number }) => undefined });
  await charge({ orderId: 500 }).push({ headers: { "X-Trace": "1" }, name: "order/500", dispatchDeadline: "90.5s" });
  const [request] = api.requests;
  expect([request?.method, request?.path]).toEqual(["POST", "/v2/projects/p/locations/l/queues/payments/tasks"]);
  expect(request?.headers["content-type"]).toBe("application/json");
  expect(JSON.parse(request?.text ?? "")).toEqual({
    task: {
      name: "projects/p/locations/l/queues/payments/tasks/a92085f2878bc1cc-order-500",
      dispatchDeadline: "90.5s",
      httpRequest: {
        url: "https://worker.test/tasks/run",
        httpMethod: "POST",
        headers: {
          "Content-Type": "application/json",
          "CloudTask-Name": "charge-card",
          "CloudTask-Deadline": "90.5s",
          "CloudTask-Pushed": expect.stringMatching(/^\d{4}-.*Z$/),
          "CloudTask-Headers": "X-Trace",
          "X-Tenant": "acme",
          "X-Trace": "1",
          "X-Own-Secret": "new-s3cret",
        },
        body: Buffer.from('{"task":"charge-card","payload":{"orderId":500}}').toString("base64"),
        oidcToken: { serviceAccountEmail: "tasks@p.iam.gserviceaccount.com", audience: "https://worker.test" },
      },
    },
  });
});

test("a push without options sends exactly this request", async () => {
  const api = await apiServer();
  await clientOf(api)
    .task("tick", () => undefined)()
    .push();
  expect(JSON.parse(api.requests[0]?.text ?? "")).toEqual({
    task: {
      httpRequest: {
        url: "https://worker.test/tasks/run",
        httpMethod: "POST",
        headers: { "Content-Type": "application/json", "CloudTask-Name": "tick" },
        body: Buffer.from('{"task":"tick"}').toString("base64"),
      },
    },
  });
});

test("the result contains the fields of the created task", async () => {
  const api = await apiServer();
  expect(
    await clientOf(api)
      .task("tick", () => undefined)()
      .push(),
  ).toEqual({
    name: "projects/p/locations/l/queues/default/tasks/6154398438278443008",
    id: "6154398438278443008",
    queue: "default",
    scheduleTime: new Date("2030-01-01T00:00:00Z"),
    deduplicated: false,
  });
});

test("the audience is the client's url, even if the definition has its own url", async () => {
  const api = await apiServer();
  const client = clientOf(api, { serviceAccount: "tasks@p.iam.gserviceaccount.com" });
  await client
    .task("t", { url: "https://other.test/", run: () => undefined })()
    .push();
  expect(taskAt(api).httpRequest).toMatchObject({
    url: "https://other.test/",
    oidcToken: { audience: "https://worker.test/tasks/run" },
  });
});

test("no header of a client, definition or push replaces the secret, in any letter case", async () => {
  const api = await apiServer();
  const client = clientOf(api, { secret: "s3cret-key", headers: { "x-cloudtask-secret": "client" } });
  const task = client.task("t", { headers: { "X-CLOUDTASK-SECRET": "definition" }, run: () => undefined });
  await task().push({ headers: { "X-Cloudtask-Secret": "push" } });
  expect(taskAt(api).httpRequest.headers).toEqual({
    "Content-Type": "application/json",
    "CloudTask-Name": "t",
    "X-CloudTask-Secret": "s3cret-key",
  });
});

test("text of any script arrives as UTF-8", async () => {
  const api = await apiServer();
  await clientOf(api)
    .task(
      "t",
      (_: string) => undefined,
    )("Grüße, 日本 🎉")
    .push();
  expect(bodyAt(api)).toEqual({ task: "t", payload: "Grüße, 日本 🎉" });
});

test.each<[string, Record<string, unknown>, string]>([
  [
    "an unknown option",
    { priority: 1 },
    'pushing "t": unknown option "priority"; the options are appEngine, at, dedupe, delay',
  ],
  ["eta", { eta: new Date() }, 'unknown option "eta"; did you mean "at"?'],
  ["countdown", { countdown: 60 }, 'unknown option "countdown"; did you mean "delay"?'],
  ["a wrong queue", { queue: "a/b" }, '"a/b" is not a queue id'],
  ["an empty name", { name: "" }, '`name` must be a non-empty string, received ""'],
  ["a name that is a number", { name: 7 }, "`name` must be a non-empty string, received 7"],
  ["a name that is half a character", { name: "\ud83d" }, '`name` must be well-formed Unicode, received "\\ud83d"'],
  ["idempotent in words", { idempotent: "yes" }, "idempotent must be true or false, received string"],
  ["a reserved header", { headers: { Host: "x" } }, "the header Host cannot be set"],
  ["a wrong deadline", { dispatchDeadline: "soon" }, "dispatchDeadline: expected a duration"],
])("%s is rejected before anything is sent", async (_, options, message) => {
  const { error, sent } = await rejectedPush(options);
  expect(error).toBeInstanceOf(TypeError);
  expect(error.message).toContain(message);
  expect(sent).toBe(0);
});

test.each([
  [null, "null"],
  ["10m", "string"],
])("options that are %j are rejected by push() and execute(), with and without a name", async (given, received) => {
  const task = clientOf(undefined).task("t", () => expect.unreachable())();
  const expected = (action: string) => new TypeError(`${action} "t": options must be an object, received ${received}`);
  const options = given as unknown as Record<string, never>;
  await expect(task.push(options)).rejects.toThrow(expected("pushing"));
  task.name = "user-1";
  await expect(task.push(options)).rejects.toThrow(expected("pushing"));
  await expect(task.execute(options)).rejects.toThrow(expected("executing"));
});

test("messages of execute() do not mention pushing", async () => {
  const task = clientOf(undefined).task("t", () => expect.unreachable());
  const options = { colour: "red" } as object as Record<string, never>;
  await expect(task().execute(options)).rejects.toThrow('executing "t": unknown option "colour"');
});

test("a deadline out of range is rejected before anything is sent", async () => {
  const api = await apiServer();
  const task = clientOf(api).task("t", () => undefined);
  await expect(task().push({ dispatchDeadline: 1_800_001 })).rejects.toThrow(
    'pushing "t": `dispatchDeadline` is 1800001ms, 1ms too long; Cloud Tasks accepts 15s to 30m',
  );
  expect(api.requests).toEqual([]);
  await task().push({ dispatchDeadline: "30m" });
  expect(taskAt(api).dispatchDeadline).toBe("1800s");
});

test("the message for a missing queue names it, with the remedy", async () => {
  const api = await apiServer(refusal(404, "NOT_FOUND", "Queue does not exist."));
  const error = await failureOf<ApiError>(
    clientOf(api)
      .task("t", () => undefined)()
      .push(),
  );
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: "NOT_FOUND", apiMessage: "Queue does not exist." });
  expect(error.message).toMatch(
    /^Could not push "t" to projects\/p\/locations\/l\/queues\/default: 404 NOT_FOUND: Queue does not exist\. Start the /,
  );
});

test("a transient failure is retried", async () => {
  const api = await apiServer(refusal(503, "UNAVAILABLE"), created);
  const { deduplicated } = await clientOf(api)
    .task("t", () => undefined)()
    .push();
  expect(deduplicated).toBe(false);
  expect(api.requests).toHaveLength(2);
});

test("if nothing listens at the API's address, the message contains the address", async () => {
  const host = await closedPort();
  const task = clientOf({ host }, { apiRetry: { totalTimeout: 0 } }).task("t", () => undefined);
  const error = await failureOf(task().push());
  expect(error).toBeInstanceOf(NetworkError);
  expect(error.message).toContain(`no answer from http://${host} (ECONNREFUSED). Is the emulator running`);
});

test("an API that does not answer exceeds the time limit", async () => {
  const api = await apiServer(silence);
  const client = clientOf(api, { apiTimeout: "50ms", apiRetry: { totalTimeout: 0 } });
  const error = await failureOf(
    client
      .task("t", () => undefined)()
      .push(),
  );
  expect(error).toBeInstanceOf(TimeoutError);
  expect(error).toMatchObject({ code: "TIMEOUT", timeoutMs: 50 });
});

test("a signal aborts a push", async () => {
  const controller = new AbortController();
  const api = await apiServer(() => controller.abort(new Error("shutting down")));
  const error = await failureOf(
    clientOf(api)
      .task("t", () => undefined)()
      .push({ signal: controller.signal }),
  );
  expect(error).toMatchObject({ code: "ABORTED", cause: controller.signal.reason });
});

test("an already aborted signal sends nothing", async () => {
  const api = await apiServer();
  const push = clientOf(api)
    .task("t", () => undefined)()
    .push({ signal: AbortSignal.abort() });
  await expect(push).rejects.toMatchObject({ code: "ABORTED" });
  expect(api.requests).toEqual([]);
});
