import { once } from "node:events";
import { create, createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import { type FileDescriptorProto, FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { CloudTasks } from "../../src/gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import { GrpcClient, type OpenPort, openPort } from "../support/port.ts";

/** Fields of the messages in grpc/reflection/v1/reflection.proto. */
const FILE_BY_FILENAME = 3;
const FILE_CONTAINING_SYMBOL = 4;
const LIST_SERVICES = 7;
const FILE_DESCRIPTOR_RESPONSE = 4;
const LIST_SERVICES_RESPONSE = 6;
const ERROR_RESPONSE = 7;

/** Sends one reflection request, as a tool without any proto files does. */
async function ask(port: OpenPort, version: string, field: number, question: string): Promise<Buffer> {
  using client = new GrpcClient(port);
  const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
  const same = (bytes: Buffer): Buffer => bytes;
  const call = client.client.makeBidiStreamRequest(path, same, same);
  call.write(
    Buffer.from(
      new BinaryWriter()
        .uint32((field << 3) | 2)
        .string(question)
        .finish(),
    ),
  );
  const [answer] = (await once(call, "data")) as [Buffer];
  call.end();
  await once(call, "status");
  return answer;
}

/** The values of a repeated field of a message. */
function fieldsOf(message: Uint8Array, field: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    const start = reader.pos;
    reader.skip(type, number);
    found.push(...(number === field ? [message.subarray(start, reader.pos)] : []));
  }
  return found.map((bytes) => new BinaryReader(bytes).bytes());
}

function filesIn(answer: Uint8Array): FileDescriptorProto[] {
  const files = fieldsOf(answer, FILE_DESCRIPTOR_RESPONSE).flatMap((response) => fieldsOf(response, 1));
  return files.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
}

/** A file preceded by its imports, all of which must exist. */
function withImports(
  file: FileDescriptorProto | undefined,
  others: readonly FileDescriptorProto[],
): FileDescriptorProto[] {
  const own = file ?? expect.fail("An imported file is missing.");
  const find = (name: string): FileDescriptorProto | undefined => others.find((other) => other.name === name);
  const imported = own.dependency.flatMap((name) => withImports(find(name), others));
  return [...new Set([...imported, own])];
}

const versions = ["v1", "v1alpha"];

test.each(versions)("reflection %s lists the services", async (version) => {
  await using port = await openPort();
  const answer = await ask(port, version, LIST_SERVICES, "*");
  const services = fieldsOf(answer, LIST_SERVICES_RESPONSE).flatMap((response) => fieldsOf(response, 1));
  const names = services.flatMap((service) => fieldsOf(service, 1)).map((name) => Buffer.from(name).toString());
  expect(names.sort()).toEqual(["google.cloud.tasks.v2.CloudTasks", "grpc.health.v1.Health"]);
});

const symbols = [
  "google.cloud.tasks.v2.CloudTasks",
  "google.cloud.tasks.v2.CloudTasks.CreateTask",
  "google.cloud.tasks.v2.CreateTaskRequest",
];

test.each(symbols)("reflection on %s returns every file that a client needs to call the service", async (symbol) => {
  await using port = await openPort();
  const [file, ...others] = filesIn(await ask(port, "v1", FILE_CONTAINING_SYMBOL, symbol));
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: withImports(file, others) }));
  const service = registry.getService("google.cloud.tasks.v2.CloudTasks");
  expect(service?.methods.map(({ name }) => name)).toEqual(CloudTasks.methods.map(({ name }) => name));
  const fields = registry.getMessage("google.cloud.tasks.v2.Task")?.fields.map(({ name }) => name);
  expect(fields).toEqual(CloudTasks.method.getTask.output.fields.map(({ name }) => name));
});

test("reflection returns a file by its name", async () => {
  await using port = await openPort();
  const files = filesIn(await ask(port, "v1", FILE_BY_FILENAME, "grpc/health/v1/health.proto"));
  expect(files).toMatchObject([{ name: "grpc/health/v1/health.proto", service: [{ name: "Health" }] }]);
});

test("reflection returns the error details", async () => {
  await using port = await openPort();
  const files = filesIn(await ask(port, "v1", FILE_CONTAINING_SYMBOL, "google.rpc.Help"));
  expect(files[0]?.name).toBe("google/rpc/error_details.proto");
});

test("reflection answers an unknown symbol with an error", async () => {
  await using port = await openPort();
  const answer = await ask(port, "v1", FILE_CONTAINING_SYMBOL, "google.pubsub.v1.Publisher");
  const [message] = fieldsOf(answer, ERROR_RESPONSE).flatMap((response) => fieldsOf(response, 2));
  expect(Buffer.from(message ?? []).toString()).toBe("Symbol not found: google.pubsub.v1.Publisher");
});
