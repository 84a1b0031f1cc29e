import type { Message } from "@bufbuild/protobuf";
import {
  fileDesc,
  type GenFile,
  type GenMessage,
  type GenService,
  messageDesc,
  serviceDesc,
} from "@bufbuild/protobuf/codegenv2";

/** The request of a health check: the full name of a service, or empty for the whole server. */
export type HealthCheckRequest = Message<"grpc.health.v1.HealthCheckRequest"> & { service: string };

/** The response of a health check: the number of a ServingStatus. */
type HealthCheckResponse = Message<"grpc.health.v1.HealthCheckResponse"> & { status: number };

/**
 * The descriptor of grpc/health/v1/health.proto, which no installed package contains, as protoc-gen-es writes it. The messages are
 * HealthCheckRequest, with `string service = 1`, and HealthCheckResponse, with `ServingStatus status = 1`: UNKNOWN, SERVING,
 * NOT_SERVING and SERVICE_UNKNOWN, from 0 on. The service Health has the methods Check and Watch, which answers with a stream.
 *
 * Source: https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */
const file: GenFile = fileDesc(
  "ChtncnBjL2hlYWx0aC92MS9oZWFsdGgucHJvdG8SDmdycGMuaGVhbHRoLnYxIiUKEkhlYWx0aENoZWNrUmVxdWVzdBIPCgdzZXJ2aWNlGAEgASgJIqkBChNIZWFsdGhDaGVja1Jlc3BvbnNlEkEKBnN0YXR1cxgBIAEoDjIxLmdycGMuaGVhbHRoLnYxLkhlYWx0aENoZWNrUmVzcG9uc2UuU2VydmluZ1N0YXR1cyJPCg1TZXJ2aW5nU3RhdHVzEgsKB1VOS05PV04QABILCgdTRVJWSU5HEAESDwoLTk9UX1NFUlZJTkcQAhITCg9TRVJWSUNFX1VOS05PV04QAzKuAQoGSGVhbHRoElAKBUNoZWNrEiIuZ3JwYy5oZWFsdGgudjEuSGVhbHRoQ2hlY2tSZXF1ZXN0GiMuZ3JwYy5oZWFsdGgudjEuSGVhbHRoQ2hlY2tSZXNwb25zZRJSCgVXYXRjaBIiLmdycGMuaGVhbHRoLnYxLkhlYWx0aENoZWNrUmVxdWVzdBojLmdycGMuaGVhbHRoLnYxLkhlYWx0aENoZWNrUmVzcG9uc2UwAWIGcHJvdG8z",
);

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
