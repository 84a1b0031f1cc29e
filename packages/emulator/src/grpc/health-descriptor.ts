import { createFileRegistry, type DescFile, fromJson, type JsonValue, type Message } from "@bufbuild/protobuf";
import { type GenMessage, type GenService, messageDesc, serviceDesc } from "@bufbuild/protobuf/codegenv2";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";

/** The request of a health check: the full name of a service, or empty for the whole server. */
export type HealthCheckRequest = Message<"grpc.health.v1.HealthCheckRequest"> & { service: string };

/** The response of a health check: the number of a ServingStatus. */
type HealthCheckResponse = Message<"grpc.health.v1.HealthCheckResponse"> & { status: number };

const NAME = "grpc/health/v1/health.proto";
const REQUEST = ".grpc.health.v1.HealthCheckRequest";
const RESPONSE = ".grpc.health.v1.HealthCheckResponse";

/**
 * grpc/health/v1/health.proto, which no installed package contains.
 * Source: https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */
const proto: JsonValue = {
  name: NAME,
  package: "grpc.health.v1",
  syntax: "proto3",
  messageType: [
    {
      name: "HealthCheckRequest",
      field: [{ name: "service", number: 1, label: "LABEL_OPTIONAL", type: "TYPE_STRING" }],
    },
    {
      name: "HealthCheckResponse",
      field: [
        {
          name: "status",
          number: 1,
          label: "LABEL_OPTIONAL",
          type: "TYPE_ENUM",
          typeName: `${RESPONSE}.ServingStatus`,
        },
      ],
      enumType: [
        {
          name: "ServingStatus",
          value: ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"].map((name, number) => ({ name, number })),
        },
      ],
    },
  ],
  service: [
    {
      name: "Health",
      method: [
        { name: "Check", inputType: REQUEST, outputType: RESPONSE },
        { name: "Watch", inputType: REQUEST, outputType: RESPONSE, serverStreaming: true },
      ],
    },
  ],
};

const file = fileOf(proto);

const HealthCheckRequestSchema: GenMessage<HealthCheckRequest> = messageDesc(file, 0);

/** The descriptor of HealthCheckResponse. */
export const HealthCheckResponseSchema: GenMessage<HealthCheckResponse> = messageDesc(file, 1);

/** The descriptor of the service, as the generator writes it. */
export const Health: GenService<{
  readonly check: Rpc<"unary">;
  readonly watch: Rpc<"server_streaming">;
}> = serviceDesc(file, 0);

interface Rpc<Kind> {
  readonly methodKind: Kind;
  readonly input: typeof HealthCheckRequestSchema;
  readonly output: typeof HealthCheckResponseSchema;
}

function fileOf(descriptor: JsonValue): DescFile {
  const file = createFileRegistry(fromJson(FileDescriptorProtoSchema, descriptor), () => undefined).getFile(NAME);
  if (!file) throw new Error(`The file descriptor does not contain ${NAME}.`);
  return file;
}
