import { deflateSync, gzipSync } from "node:zlib";
import { create, fromBinary } from "@bufbuild/protobuf";
import { status } from "@grpc/grpc-js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CloudTasks, type CreateTaskRequest } from "../../src/gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import { TaskSchema } from "../../src/gen/google/cloud/tasks/v2/task_pb.ts";
import { callTimeout } from "../../src/grpc/call-timeout.ts";
import { MessageReader, prefixed } from "../../src/grpc/message-reader.ts";
import type { RpcHandler } from "../../src/service/api-service.ts";
import { openPort } from "../support/port.ts";
import { bytesOf, framed, rawCall } from "../support/raw-grpc.ts";

const { createTask } = CloudTasks.method;
const path = { ":path": "/google.cloud.tasks.v2.CloudTasks/CreateTask" };
const request = bytesOf(createTask, { parent: "q" });

/** Answers with a task that has the name of the queue. */
const methods: Readonly<Record<string, RpcHandler>> = {
  createTask: async (message) => create(TaskSchema, { name: (message as CreateTaskRequest).parent }),
};

test.each([
  ["gzip", gzipSync(request)],
  ["deflate", deflateSync(request)],
])("a request that is compressed with %s is read", async (encoding, compressed) => {
  await using port = await openPort({ methods });
  const answer = await rawCall(port, { ...path, "grpc-encoding": encoding }, framed(compressed, true));
  expect(answer.trailers).toMatchObject({ "grpc-status": "0" });
  expect(fromBinary(TaskSchema, answer.body.subarray(5)).name).toBe("q");
});

test("an answer has the headers of gRPC and is not compressed", async () => {
  await using port = await openPort({ methods });
  const answer = await rawCall(port, path, framed(request));
  expect(answer.headers).toMatchObject({
    ":status": 200,
    "content-type": "application/grpc+proto",
    "grpc-encoding": "identity",
    "grpc-accept-encoding": "identity,deflate,gzip",
  });
  expect(answer.body[0]).toBe(0);
  expect(answer.trailers).toMatchObject({ "grpc-status": "0", "grpc-message": "OK" });
});

const tooLong = gzipSync(Buffer.alloc(10 * 1024 * 1024 + 1));

const rejected: readonly [what: string, headers: object, data: readonly Uint8Array[], code: number, message: string][] =
  [
    ["an unknown compression", { "grpc-encoding": "br" }, [framed(request, true)], status.UNIMPLEMENTED, '"br"'],
    ["bytes that are not gzip", { "grpc-encoding": "gzip" }, [framed(request, true)], status.INTERNAL, "decompress"],
    [
      "more than 10 MiB after decompression",
      { "grpc-encoding": "gzip" },
      [framed(tooLong, true)],
      status.RESOURCE_EXHAUSTED,
      "10485760",
    ],
    [
      "a prefix that announces more than 10 MiB",
      {},
      [Buffer.alloc(5, 0x7f)],
      status.RESOURCE_EXHAUSTED,
      "larger than max",
    ],
    ["no message", {}, [], status.UNIMPLEMENTED, "no request message"],
    ["half a message", {}, [framed(request).subarray(0, 6)], status.UNIMPLEMENTED, "no request message"],
    ["a second message", {}, [framed(request), framed(request)], status.UNIMPLEMENTED, "a second request message"],
    ["a deadline that is not a number", { "grpc-timeout": "soonS" }, [framed(request)], status.INTERNAL, '"soonS"'],
    ["a deadline with an unknown unit", { "grpc-timeout": "5x" }, [framed(request)], status.INTERNAL, '"5x"'],
  ];

test.each(rejected)(
  "a call with %s is rejected, and the next one is answered",
  async (_, headers, data, code, message) => {
    await using port = await openPort({ methods });
    const answer = await rawCall(port, { ...path, ...headers }, ...data);
    expect(answer.headers).toMatchObject({ ":status": 200, "grpc-status": String(code) });
    expect(decodeURI(String(answer.headers["grpc-message"]))).toContain(message);
    const next = await rawCall(port, path, framed(request));
    expect(next.trailers).toMatchObject({ "grpc-status": "0" });
  },
);

test("the flag for compression is ignored in a call without compression", async () => {
  await using port = await openPort({ methods });
  const answer = await rawCall(port, path, framed(request, true));
  expect(answer.trailers).toMatchObject({ "grpc-status": "0" });
});

test("a request that is not gRPC is answered 415", async () => {
  await using port = await openPort({ methods });
  const answer = await rawCall(port, { ...path, "content-type": "application/json" }, request);
  expect(answer.headers[":status"]).toBe(415);
});

test.each([
  ["1H", 3_600_000],
  ["2M", 120_000],
  ["3S", 3_000],
  ["250m", 250],
  ["1500u", 1],
  ["99999n", 0],
  ["99999999H", 2 ** 31 - 1],
])("the timeout %s is %i ms", (header, ms) => {
  expect(callTimeout(header)).toBe(ms);
});

test("messages are found however their bytes are split", () => {
  const messages = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 });
  const cuts = fc.array(fc.nat(1_600), { maxLength: 12 });
  fc.assert(
    fc.property(messages, cuts, (sent, at) => {
      const bytes = Buffer.concat(sent.map((message) => prefixed(message)));
      const ends = [...new Set(at.map((each) => each % (bytes.length + 1)))].sort((a, b) => a - b);
      const parts = [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
      const reader = new MessageReader();
      const found = parts.flatMap((part) => reader.read(part));
      expect(found.map((message) => [...message.bytes])).toEqual(sent.map((message) => [...message]));
    }),
  );
});
