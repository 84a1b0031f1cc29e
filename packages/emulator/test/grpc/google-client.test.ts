import { create } from "@bufbuild/protobuf";
import { CloudTasksClient } from "@google-cloud/tasks";
import { grpc } from "google-gax";
import { expect, test, vi } from "vitest";
import { TaskSchema } from "../../src/gen/google/cloud/tasks/v2/task_pb.ts";
import type { RpcHandler } from "../../src/service/api-service.ts";
import { help } from "../../src/service/error-details.ts";
import { invalidArgument } from "../../src/service/rpc-error.ts";
import { type OpenPort, openPort } from "../support/port.ts";

// Google's client looks for the metadata server of Google Cloud and warns if there is none.
vi.stubEnv("METADATA_SERVER_DETECTION", "none");

/** Google's client for Node, configured for an emulator. */
function clientFor(port: OpenPort): CloudTasksClient & AsyncDisposable {
  const sslCreds = grpc.credentials.createInsecure();
  const client = new CloudTasksClient({ apiEndpoint: "localhost", port: port.number, sslCreds });
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

test("Google's client calls over gRPC", async () => {
  const received: unknown[] = [];
  const methods: Readonly<Record<string, RpcHandler>> = {
    createTask: async (request) => {
      received.push(request);
      return create(TaskSchema, { name: "t", dispatchCount: 7 });
    },
  };
  await using port = await openPort({ methods });
  await using client = clientFor(port);
  const [task] = await client.createTask({ parent: "q", task: { httpRequest: { url: "http://x/" } } });
  expect(task).toMatchObject({ name: "t", dispatchCount: 7 });
  expect(received).toMatchObject([{ parent: "q", task: { messageType: { value: { url: "http://x/" } } } }]);
});

test("Google's client reads code, message and details of an error", async () => {
  const error = invalidArgument("Queue name must be formatted.", [
    help("Definition of queue name", "https://x.example/queue"),
  ]);
  await using port = await openPort({ methods: { getQueue: () => Promise.reject(error) } });
  await using client = clientFor(port);
  await expect(client.getQueue({ name: "q" })).rejects.toMatchObject({
    code: grpc.status.INVALID_ARGUMENT,
    details: "Queue name must be formatted.",
    statusDetails: [{ links: [{ description: "Definition of queue name", url: "https://x.example/queue" }] }],
  });
});
