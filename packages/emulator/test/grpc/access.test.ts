import { create } from "@bufbuild/protobuf";
import { status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { CloudTasks } from "../../src/gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import { TaskSchema } from "../../src/gen/google/cloud/tasks/v2/task_pb.ts";
import { Health } from "../../src/grpc/health-descriptor.ts";
import { AccessGuard } from "../../src/http/access-guard.ts";
import { GrpcClient, openPort } from "../support/port.ts";

const { getTask } = CloudTasks.method;

const methods = { getTask: async () => create(TaskSchema, { name: "t" }) };

const own = ["localhost", "LOCALHOST:8123", "127.0.0.1:1", "[::1]:8123", "tasks.localhost", "emulator:8123"];

test.each(own)("a call with the authority %s is answered", async (authority) => {
  await using port = await openPort({
    methods,
    guard: new AccessGuard({ host: "127.0.0.1", allowedHosts: ["emulator"] }),
  });
  using client = new GrpcClient(port, { "grpc.default_authority": authority });
  await expect(client.call(getTask, {})).resolves.toMatchObject({ name: "t" });
});

const foreign = ["evil.example", "127.0.0.1.evil.example:8123", "192.168.1.5:8123", "emulator:8123"];

test.each(foreign)("a call with the authority %s is rejected as over REST, with a remedy", async (authority) => {
  await using port = await openPort({ methods });
  using client = new GrpcClient(port, { "grpc.default_authority": authority });
  await expect(client.call(getTask, {})).rejects.toMatchObject({
    code: status.PERMISSION_DENIED,
    details: expect.stringContaining("allowedHosts"),
  });
});

test.each(["https://evil.example", "null", "http://localhost:3000"])(
  "a call that a proxy forwards for a web page of %s is rejected",
  async (origin) => {
    const seen: string[] = [];
    await using port = await openPort({
      methods: { getTask: async () => create(TaskSchema, { name: String(seen.push("called")) }) },
    });
    using client = new GrpcClient(port);
    await expect(client.call(getTask, {}, { headers: { origin } })).rejects.toMatchObject({
      code: status.PERMISSION_DENIED,
      details: expect.stringContaining(JSON.stringify(origin)),
    });
    expect(seen).toEqual([]);
  },
);

test("a call that a proxy forwards for a page of the emulator's own origin is answered", async () => {
  await using port = await openPort({ methods });
  using client = new GrpcClient(port);
  await expect(client.call(getTask, {}, { headers: { origin: port.url } })).resolves.toMatchObject({ name: "t" });
});

test("the health service rejects the same calls", async () => {
  await using port = await openPort();
  using client = new GrpcClient(port, { "grpc.default_authority": "evil.example" });
  await expect(client.call(Health.method.check, {})).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
});
