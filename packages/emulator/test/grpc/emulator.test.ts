import { fromBinary } from "@bufbuild/protobuf";
import { createEmulator } from "@cloudtask/emulator";
import { type ServiceError, status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { Locations } from "../../src/gen/google/cloud/location/locations_pb.ts";
import { CloudTasks } from "../../src/gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import { HttpMethod } from "../../src/gen/google/cloud/tasks/v2/target_pb.ts";
import { CloudTasks as CloudTasksV2beta3 } from "../../src/gen/google/cloud/tasks/v2beta3/cloudtasks_pb.ts";
import { Operations } from "../../src/gen/google/longrunning/operations_pb.ts";
import { StatusSchema } from "../../src/gen/google/rpc/status_pb.ts";
import { Health } from "../../src/grpc/health-descriptor.ts";
import { call, createTask, queuePath } from "../support/api.ts";
import { GrpcClient } from "../support/port.ts";
import { startTarget } from "../support/target.ts";

test("a task that is created over gRPC is delivered and visible over REST", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ project: "p", location: "l" });
  using client = new GrpcClient({ address: emulator.host });
  const name = queuePath(emulator, "mail");
  await client.call(CloudTasks.method.createQueue, { parent: "projects/p/locations/l", queue: { name } });
  const request = { url: target.url, httpMethod: HttpMethod.PUT, body: Buffer.from("hello"), headers: { "X-A": "b" } };
  const later = { seconds: BigInt(Math.floor(Date.now() / 1000) + 3600) };
  for (const scheduleTime of [{ seconds: 0n }, later]) {
    const task = { scheduleTime, messageType: { case: "httpRequest" as const, value: request } };
    await client.call(CloudTasks.method.createTask, { parent: name, task });
  }
  await emulator.idle();
  expect(target.received).toMatchObject([{ method: "PUT", body: "hello", headers: { "x-a": "b" } }]);
  const { body } = await call(emulator, "GET", `${name}/tasks?responseView=FULL`);
  const httpRequest = { url: target.url, httpMethod: "PUT", body: "aGVsbG8=" };
  expect(body.tasks).toMatchObject([{ httpRequest }]);
});

test("a task that is created over REST is visible over gRPC, in both versions of the API", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  using client = new GrpcClient({ address: emulator.host });
  await createTask(emulator, { id: "t", delaySeconds: 3600 });
  const name = `${queuePath(emulator, "default")}/tasks/t`;
  await expect(client.call(CloudTasks.method.getTask, { name })).resolves.toMatchObject({ name });
  await expect(client.call(CloudTasksV2beta3.method.getTask, { name })).resolves.toMatchObject({ name });
  const { locations } = await client.call(Locations.method.listLocations, { name: "projects/local-project" });
  expect(locations.map(({ locationId }) => locationId)).toEqual([emulator.location]);
});

test("an error has the same code, message and link over gRPC and REST", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  using client = new GrpcClient({ address: emulator.host });
  const parent = queuePath(emulator, "default");
  const id = "not a valid id";
  const rest = await createTask(emulator, { id });
  const value = { url: "http://127.0.0.1:9/" };
  const task = { name: `${parent}/tasks/${id}`, messageType: { case: "httpRequest" as const, value } };
  const calling = client.call(CloudTasks.method.createTask, { parent, task });
  const failure = (await calling.catch((error: unknown) => error)) as ServiceError;
  const { code, message = "" } = rest.body.error ?? {};
  expect([code, failure.code, failure.details]).toEqual([400, status.INVALID_ARGUMENT, message]);
  const [details = ""] = failure.metadata.get("grpc-status-details-bin");
  expect(fromBinary(StatusSchema, Buffer.from(details))).toMatchObject({
    message,
    details: [{ typeUrl: "type.googleapis.com/google.rpc.Help" }],
  });
});

test.each([CloudTasks, CloudTasksV2beta3, Locations, Operations])(
  "the service $typeName is serving",
  async (service) => {
    await using emulator = await createEmulator();
    using client = new GrpcClient({ address: emulator.host });
    const answer = client.call(Health.method.check, { service: service.typeName });
    await expect(answer).resolves.toMatchObject({ status: 1 });
  },
);
