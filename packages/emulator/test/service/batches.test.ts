import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { type ApiAnswer, callAt, listTasks, queuePath } from "../support/api.ts";

const requestId = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";

/** An emulator with a queue that delivers nothing. */
async function paused(): Promise<Emulator> {
  const emulator = await createEmulator();
  await callAt(emulator, "POST", `/v2/${queuePath(emulator, "default")}:pause`);
  return emulator;
}

function batch(emulator: Emulator, verb: string, body: object): Promise<ApiAnswer> {
  return callAt(emulator, "POST", `/v2beta3/${queuePath(emulator, "default")}/tasks:${verb}`, body);
}

function taskOf(emulator: Emulator, id: string, url = "http://127.0.0.1:9/"): object {
  const parent = queuePath(emulator, "default");
  return { parent, task: { name: `${parent}/tasks/${id}`, httpRequest: { url } } };
}

test("a batch of tasks is created and answered as a finished operation", async () => {
  await using emulator = await paused();
  const { body } = await batch(emulator, "batchCreate", { requests: [taskOf(emulator, "a"), taskOf(emulator, "b")] });
  expect(body).toMatchObject({
    name: expect.stringMatching(/^projects\/local-project\/locations\/us-central1\/operations\/[0-9a-f-]{36}$/),
    done: true,
    metadata: {
      "@type": "type.googleapis.com/google.cloud.tasks.v2beta3.BatchCreateTasksMetadata",
      state: "SUCCEEDED",
    },
    response: { tasks: [{ name: expect.stringMatching(/a$/) }, { name: expect.stringMatching(/b$/) }] },
  });
  expect(await listTasks(emulator)).toHaveLength(2);
  expect(await callAt(emulator, "GET", `/v2beta3/${body.name}`)).toEqual({ status: 200, body });
});

test("failed items of a batch are reported by index, and the others are created", async () => {
  await using emulator = await paused();
  await batch(emulator, "batchCreate", { requests: [taskOf(emulator, "b")] });
  const requests = [taskOf(emulator, "a"), taskOf(emulator, "b"), taskOf(emulator, "c", "ftp://x/")];
  const { body } = await batch(emulator, "batchCreate", { requests });
  expect(body).toMatchObject({
    metadata: {
      state: "PARTIALLY_SUCCEEDED",
      failedRequests: { 1: { code: 6, message: "Requested entity already exists" }, 2: { code: 3 } },
    },
  });
  expect(await listTasks(emulator)).toHaveLength(2);
});

test("a batch without a successful item is an error", async () => {
  await using emulator = await paused();
  const { body } = await batch(emulator, "batchDelete", { names: [`${queuePath(emulator, "default")}/tasks/missing`] });
  expect(body).toMatchObject({
    error: { code: 10, message: expect.stringContaining("BatchDeleteTasksMetadata.failed_requests") },
    metadata: { state: "PARTIALLY_SUCCEEDED", failedRequests: { 0: { code: 5 } } },
  });
});

test("a request id is used once: the same batch is rejected, even while the first is running", async () => {
  await using emulator = await paused();
  const requests = [taskOf(emulator, "a")];
  const send = (id: string): Promise<ApiAnswer> => batch(emulator, "batchCreate", { requests, requestId: id });
  const answers = await Promise.all([send(requestId), send(requestId)]);
  answers.push(await send(requestId));
  const rejections = answers.flatMap(({ status, body }) => (status === 400 ? [body.error?.message] : []));
  expect(rejections).toEqual(Array(2).fill(`Duplicate operation id in the batch request: ${requestId}`));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(await listTasks(emulator)).toHaveLength(1);
});

test("tasks are deleted in a batch", async () => {
  await using emulator = await paused();
  await batch(emulator, "batchCreate", { requests: ["a", "b", "c"].map((id) => taskOf(emulator, id)) });
  const names = ["a", "c"].map((id) => `${queuePath(emulator, "default")}/tasks/${id}`);
  const { body } = await batch(emulator, "batchDelete", { names });
  expect(body).toMatchObject({ done: true, metadata: { state: "SUCCEEDED" } });
  expect((await listTasks(emulator)).map(({ name }) => name.at(-1))).toEqual(["b"]);
});

const rejected: readonly [what: string, verb: string, body: object, message: string][] = [
  ["too many deletes", "batchDelete", { names: Array(1001).fill("x") }, "A maximum of 1000 tasks can be deleted"],
  [
    "a request for another queue",
    "batchCreate",
    { requests: [{ parent: "projects/p/locations/l/queues/x" }] },
    "projects/p/",
  ],
  ["a task of another queue", "batchDelete", { names: ["projects/p/locations/l/queues/x/tasks/t"] }, "projects/p/"],
];

test.each(rejected)("a batch with %s is rejected as a whole", async (_, verb, body, message) => {
  await using emulator = await paused();
  const answer = await batch(emulator, verb, body);
  expect(answer.body.error).toMatchObject({ status: "INVALID_ARGUMENT", message: expect.stringContaining(message) });
});

test.each([
  ["v2", ""],
  ["v2beta3", ""],
  ["v1", ""],
  ["v1", "operations/"],
])("an operation can be read at /%s/%s, a path that Google's clients use", async (version, prefix) => {
  await using emulator = await paused();
  const { body } = await batch(emulator, "batchCreate", { requests: [taskOf(emulator, "a")] });
  const name = prefix === "" ? body.name : encodeURIComponent(body.name ?? "");
  expect(await callAt(emulator, "GET", `/${version}/${prefix}${name}`)).toMatchObject({ body: { name: body.name } });
});

test("v2 supports batches too, with its own messages", async () => {
  await using emulator = await paused();
  const path = `/v2/${queuePath(emulator, "default")}/tasks`;
  const { body } = await callAt(emulator, "POST", `${path}:batchCreate`, { requests: [taskOf(emulator, "a")] });
  expect(body).toMatchObject({
    metadata: { "@type": "type.googleapis.com/google.cloud.tasks.v2.BatchCreateTasksMetadata", state: "SUCCEEDED" },
    response: { "@type": "type.googleapis.com/google.cloud.tasks.v2.BatchCreateTasksResponse" },
  });
  const names = [`${queuePath(emulator, "default")}/tasks/a`];
  const deleted = await callAt(emulator, "POST", `${path}:batchDelete`, { names });
  expect(deleted.body).toMatchObject({ metadata: { state: "SUCCEEDED" } });
});

test("an operation is stored as it was answered, unless its bodies are large", async () => {
  await using emulator = await paused();
  for (const [size, view] of [
    [4, "FULL"],
    [300_000, "BASIC"],
  ] as const) {
    const body = Buffer.alloc(size, 0xfb).toString("base64");
    const parent = queuePath(emulator, "default");
    const requests = [{ parent, responseView: "FULL", task: { httpRequest: { url: "http://127.0.0.1:9/", body } } }];
    const first = await batch(emulator, "batchCreate", { requests });
    expect(first.body).toMatchObject({ response: { tasks: [{ view: "FULL", httpRequest: { body } }] } });
    const kept = await callAt(emulator, "GET", `/v2beta3/${first.body.name}`);
    expect(kept.body).toMatchObject({ name: first.body.name, response: { tasks: [{ view }] } });
  }
});
