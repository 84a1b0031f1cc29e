import { create } from "@bufbuild/protobuf";
import { type ServiceError, status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { CloudTasks, ListTasksResponseSchema } from "../../src/gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import { type Task, TaskSchema } from "../../src/gen/google/cloud/tasks/v2/task_pb.ts";
import type { RpcHandler } from "../../src/service/api-service.ts";
import { help } from "../../src/service/error-details.ts";
import { notFound, RpcError } from "../../src/service/rpc-error.ts";
import { GrpcClient, openPort } from "../support/port.ts";

const { createTask, getTask, listTasks } = CloudTasks.method;

function taskWith(body: Uint8Array): Task {
  return create(TaskSchema, { name: "t", messageType: { case: "httpRequest", value: { url: "http://x/", body } } });
}

/** Creates a handler that fails every call with the error. */
function failing(error: unknown): Readonly<Record<string, RpcHandler>> {
  return { getTask: () => Promise.reject(error) };
}

test("a call reaches the method of the API, and its answer reaches the caller", async () => {
  const received: unknown[] = [];
  const methods: Readonly<Record<string, RpcHandler>> = {
    createTask: async (request) => {
      received.push(request);
      return taskWith(Uint8Array.of(1, 2, 3));
    },
  };
  await using port = await openPort({ methods });
  using client = new GrpcClient(port);
  const answer = await client.call(createTask, { parent: "q", task: taskWith(Uint8Array.of(0, 255)) });
  expect(answer).toEqual(taskWith(Uint8Array.of(1, 2, 3)));
  expect(received).toMatchObject([{ parent: "q", task: taskWith(Uint8Array.of(0, 255)) }]);
});

const failures: readonly [what: string, error: unknown, expected: object][] = [
  ["an RpcError", notFound(), { code: status.NOT_FOUND, details: "Requested entity was not found." }],
  ["another error", new Error("no space left"), { code: status.INTERNAL, details: "Internal error: no space left" }],
  ["what is no error at all", "x", { code: status.INTERNAL, details: "Internal error" }],
  [
    "a message beyond ASCII",
    new RpcError("ABORTED", "100 % füß 😀"),
    { code: status.ABORTED, details: "100 % füß 😀" },
  ],
  ["half a surrogate pair", new RpcError("ABORTED", "a\ud83d"), { code: status.ABORTED, details: "a\ufffd" }],
];

test.each(failures)("a call that fails with %s ends with its code and message", async (_, error, expected) => {
  await using port = await openPort({ methods: failing(error) });
  using client = new GrpcClient(port);
  await expect(client.call(getTask, { name: "t" })).rejects.toMatchObject(expected);
});

const long: readonly [what: string, repeated: string][] = [
  ["ASCII", "x"],
  ["spaces", " "],
  ["characters of three bytes", "€"],
  ["characters of two halves", "😀"],
];

test.each(long)(
  "a long message of %s is shortened in the middle to a length that every client accepts",
  async (_, many) => {
    const message = `Task ID "${many.repeat(50_000)}" is too long.`;
    await using port = await openPort({
      methods: failing(new RpcError("INVALID_ARGUMENT", message, [help("d", "u")])),
    });
    using client = new GrpcClient(port);
    const error = (await client.call(getTask, {}).catch((caught: unknown) => caught)) as ServiceError;
    expect(error).toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringMatching(/^Task ID "(.)\1+…/u),
    });
    expect(error.details).toMatch(/" is too long\.$/);
    const [details = ""] = error.metadata.get("grpc-status-details-bin");
    expect(encodeURI(error.details).length + Buffer.from(details).toString("base64").length).toBeLessThan(8_000);
  },
);

test("a method that the API lacks is answered UNIMPLEMENTED", async () => {
  await using port = await openPort();
  using client = new GrpcClient(port);
  const details = "The server does not implement the method /google.cloud.tasks.v2.CloudTasks/GetTask";
  await expect(client.call(getTask, {})).rejects.toMatchObject({ code: status.UNIMPLEMENTED, details });
});

test("a request may have 10 MiB and an answer any size, as in the real service", async () => {
  const body = new Uint8Array(1_000_000);
  const tasks = Array.from({ length: 12 }, () => taskWith(body));
  const methods: Readonly<Record<string, RpcHandler>> = {
    createTask: async () => taskWith(Uint8Array.of()),
    listTasks: async () => create(ListTasksResponseSchema, { tasks }),
  };
  await using port = await openPort({ methods });
  using client = new GrpcClient(port, { "grpc.max_receive_message_length": -1 });
  expect((await client.call(listTasks, {})).tasks).toHaveLength(12);
  const fits = taskWith(new Uint8Array(10 * 1024 * 1024 - 100));
  await expect(client.call(createTask, { task: fits })).resolves.toMatchObject({ name: "t" });
  const over = taskWith(new Uint8Array(10 * 1024 * 1024));
  await expect(client.call(createTask, { task: over })).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  expect((await client.call(listTasks, {})).tasks).toHaveLength(12);
});

test("a stored field of a request does not keep other bytes of the connection in memory", async () => {
  const kept: Uint8Array[] = [];
  const methods: Readonly<Record<string, RpcHandler>> = {
    createTask: async (request) => {
      const { task } = request as { readonly task?: Task } & typeof request;
      kept.push(task?.messageType.case === "httpRequest" ? task.messageType.value.body : Uint8Array.of());
      return taskWith(Uint8Array.of());
    },
  };
  await using port = await openPort({ methods });
  using client = new GrpcClient(port);
  await client.call(createTask, { task: taskWith(new Uint8Array(1000)) });
  expect(kept.map(({ buffer, length }) => [length, buffer.byteLength < 1100])).toEqual([[1000, true]]);
});

test("bytes that are not a message are rejected, and the next call is answered", async () => {
  await using port = await openPort({ methods: { getTask: async () => taskWith(Uint8Array.of()) } });
  using client = new GrpcClient(port);
  const bytes = new Promise((resolve, reject) => {
    const path = "/google.cloud.tasks.v2.CloudTasks/GetTask";
    const same = (buffer: Buffer): Buffer => buffer;
    client.client.makeUnaryRequest(path, same, same, Buffer.from([0x0a, 0xff]), (error, answer) =>
      error ? reject(error) : resolve(answer),
    );
  });
  await expect(bytes).rejects.toMatchObject({ code: status.INTERNAL });
  await expect(client.call(getTask, {})).resolves.toMatchObject({ name: "t" });
});

test("a call whose deadline passes ends with DEADLINE_EXCEEDED, and its late answer is dropped", async () => {
  let answer: (task: Task) => void = () => undefined;
  const methods = {
    getTask: () =>
      new Promise<Task>((resolve) => {
        answer = resolve;
      }),
  };
  await using port = await openPort({ methods });
  using client = new GrpcClient(port);
  await expect(client.call(getTask, {}, { deadline: Date.now() + 200 })).rejects.toMatchObject({
    code: status.DEADLINE_EXCEEDED,
  });
  answer(taskWith(Uint8Array.of()));
});
