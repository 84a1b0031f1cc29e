import { status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { Health } from "../../src/grpc/health-descriptor.ts";
import { GrpcClient, openPort } from "../support/port.ts";

const SERVING = 1;
const SERVICE_UNKNOWN = 3;

const services = ["", "google.cloud.tasks.v2.CloudTasks", "grpc.health.v1.Health"];

test.each(services)("the service %j is serving", async (service) => {
  await using port = await openPort();
  using client = new GrpcClient(port);
  await expect(client.call(Health.method.check, { service })).resolves.toMatchObject({ status: SERVING });
});

test("an unknown service is answered NOT_FOUND", async () => {
  await using port = await openPort();
  using client = new GrpcClient(port);
  await expect(client.call(Health.method.check, { service: "google.pubsub.v1.Publisher" })).rejects.toMatchObject({
    code: status.NOT_FOUND,
    details: "There is no service google.pubsub.v1.Publisher here.",
  });
});

test.each([
  ["", SERVING],
  ["google.pubsub.v1.Publisher", SERVICE_UNKNOWN],
])("a watch of the service %j is answered at once and stays open until the port closes", async (service, expected) => {
  await using port = await openPort();
  using client = new GrpcClient(port);
  const call = client.stream(Health.method.watch, { service });
  const ended = new Promise((resolve) => call.on("error", resolve));
  const told = await new Promise((resolve) => call.once("data", resolve));
  expect(told).toMatchObject({ status: expected });
  await port.close();
  await expect(ended).resolves.toMatchObject({ code: status.UNAVAILABLE });
});
