import type { JsonObject } from "@bufbuild/protobuf";
import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { type ExpectedError, type Fixture, invalid, LOCATION, NONE, QUEUE, runFixtures } from "./support/fixture.ts";
import { badTaskId, foreign, NO_ENTITY, NO_QUEUE, noProject, TASK_TAKEN } from "./support/messages.ts";
import { type Call, callGrpc, callRest } from "./support/protocols.ts";

const url = "http://127.0.0.1:9/";
const CREATED = "type.googleapis.com/google.cloud.tasks.v2.BatchCreateTasksMetadata";
const DELETED = "type.googleapis.com/google.cloud.tasks.v2.BatchDeleteTasksMetadata";

function item(id: string, rest: JsonObject = {}, parent: string = QUEUE): JsonObject {
  return { parent, task: { name: `${parent}/tasks/${id}`, httpRequest: { url } }, ...rest };
}

function creates(requests: readonly JsonObject[], rest: JsonObject = {}): Call {
  return ["batchCreateTasks", { parent: QUEUE, requests: [...requests], ...rest }];
}

function deletes(ids: readonly string[], rest: JsonObject = {}, parent: string = QUEUE): Call {
  return ["batchDeleteTasks", { parent, names: ids.map((id) => `${parent}/tasks/${id}`), ...rest }];
}

function rejected(when: string, call: Call, error: ExpectedError): Fixture {
  return { when, call, error };
}

function otherQueue(found: string): ExpectedError {
  return invalid(
    `All tasks in a batch request must target the same queue. Found task for queue ${found} in batch request for queue ${QUEUE}.`,
  );
}

const batchErrors: readonly Fixture[] = [
  { ...rejected("no parent", ["batchCreateTasks", {}], noProject("BatchCreateTasks")), only: "gRPC" },
  { ...rejected("a parent in no project", ["batchCreateTasks", { parent: "x" }], foreign("x")), only: "gRPC" },
  rejected("no requests", creates([]), invalid("Request must contain at least one task.")),
  rejected(
    "101 requests",
    creates(Array.from({ length: 101 }, (_, n) => item(`t${n}`))),
    invalid("A maximum of 100 tasks can be created in a single batch, but got 101 tasks."),
  ),
  rejected("a request for another queue", creates([item("a"), item("b", {}, NONE)]), otherQueue(NONE)),
  rejected("a request without parent", creates([{ ...item("a"), parent: "" }]), otherQueue("")),
  rejected(
    "the same name twice",
    creates([item("a"), item("b"), item("a")]),
    invalid(`Duplicate task name in the batch request: ${QUEUE}/tasks/a`),
  ),
  rejected("a bad task id", creates([item("a b")]), badTaskId("a b")),
  rejected(
    "a name of another queue",
    creates([{ parent: QUEUE, task: { name: `${NONE}/tasks/a`, httpRequest: { url } } }]),
    invalid(
      `The queue name from request ('${QUEUE}') must be the same as the queue name in the named task ('${NONE}').`,
    ),
  ),
];

const requestId = "r1a2b3c4-request";
const duplicate = invalid(`Duplicate operation id in the batch request: ${requestId}`);

const requestIds: readonly Fixture[] = [
  {
    when: "a batch with a request id that is not a UUID",
    call: creates([item("a")], { requestId }),
    answer: { name: `${LOCATION}/operations/${requestId}` },
  },
  {
    when: "the same batch again",
    given: [creates([item("a")], { requestId })],
    call: creates([item("a")], { requestId }),
    error: duplicate,
  },
  {
    when: "the request id of a failed deletion",
    given: [deletes(["none"], { requestId })],
    call: creates([item("a")], { requestId }),
    error: duplicate,
  },
];

const taken = { 1: { code: 6, message: TASK_TAKEN.message }, 2: { code: 3, message: "Payload type must be set." } };
const noQueue = { code: 5, message: NO_QUEUE.message };
const noEntity = { code: 5, message: NO_ENTITY.message };

const outcomes: readonly Fixture[] = [
  {
    when: "all are created, each in its view",
    call: creates([item("a", { responseView: "FULL" }), item("b")]),
    answer: {
      done: true,
      metadata: { "@type": CREATED, state: "SUCCEEDED" },
      response: {
        tasks: [
          { name: `${QUEUE}/tasks/a`, view: "FULL" },
          { name: `${QUEUE}/tasks/b`, view: "BASIC" },
        ],
      },
    },
    absent: ["metadata.failedRequests"],
  },
  {
    when: "some are created",
    given: [creates([item("b")])],
    call: creates([item("a"), item("b"), { parent: QUEUE, task: {} }, item("c")]),
    answer: {
      metadata: { state: "PARTIALLY_SUCCEEDED", failedRequests: taken },
      response: { tasks: [{ name: `${QUEUE}/tasks/a` }, { name: `${QUEUE}/tasks/c` }] },
    },
  },
  {
    when: "none is created",
    call: creates([{ parent: QUEUE, task: { httpRequest: { url: "" } } }]),
    answer: {
      done: true,
      metadata: { state: "FAILED", failedRequests: { 0: { code: 3, message: "HttpRequest.url is required." } } },
    },
    absent: ["response", "error"],
  },
  {
    when: "no such queue to create in",
    call: ["batchCreateTasks", { parent: NONE, requests: [item("a", {}, NONE), item("b", {}, NONE)] }],
    answer: { metadata: { state: "FAILED", failedRequests: { 0: noQueue, 1: noQueue } } },
    absent: ["response", "error"],
  },
  {
    when: "all are deleted",
    given: [creates([item("a"), item("b")])],
    call: deletes(["a", "b"]),
    answer: {
      done: true,
      metadata: { "@type": DELETED, state: "SUCCEEDED" },
      response: { "@type": "type.googleapis.com/google.protobuf.Empty" },
    },
    absent: ["metadata.failedRequests"],
  },
  ...[QUEUE, NONE].map(
    (parent): Fixture => ({
      when: `none of ${parent} is deleted`,
      call: deletes(["a"], {}, parent),
      answer: {
        done: true,
        metadata: { state: "PARTIALLY_SUCCEEDED", failedRequests: { 0: noEntity } },
        error: {
          code: 10,
          message:
            "None of the requests succeeded, refer to BatchDeleteTasksMetadata.failed_requests for individual error details",
        },
      },
      absent: ["response"],
    }),
  ),
];

const unserved: readonly Fixture[] = ["listOperations", "deleteOperation", "cancelOperation", "waitOperation"].map(
  (rpc) => ({
    when: `${rpc} is not served`,
    call: [rpc, { name: `${LOCATION}/operations/o` }],
    error: {
      code: "PERMISSION_DENIED",
      message:
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
    },
    only: "gRPC",
  }),
);

runFixtures([...batchErrors, ...requestIds, ...outcomes, ...unserved]);

test.each([callGrpc, callRest])(
  "GetOperation answers as the call did, also after its tasks are gone",
  async (caller) => {
    await using emulator = await createEmulator({ queues: { q: { paused: true } } });
    const first = await caller(emulator, creates([item("a", { responseView: "FULL" })], { requestId }));
    await caller(emulator, ["deleteQueue", { name: QUEUE }]);
    const name = `${LOCATION}/operations/${requestId}`;
    expect(await caller(emulator, ["getOperation", { name }])).toEqual(first);
    const { metadata } = (first as unknown as { answer: { metadata: { startTime: string; endTime: string } } }).answer;
    expect(metadata.startTime).not.toBe(metadata.endTime);
  },
);
