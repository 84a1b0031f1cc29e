import { toBinary } from "@bufbuild/protobuf";
import { Metadata, type StatusObject } from "@grpc/grpc-js";
import { StatusSchema } from "../gen/google/rpc/status_pb.ts";
import { RpcError } from "../service/rpc-error.ts";
import { statusOf } from "../service/rpc-status.ts";

/**
 * Bytes of an escaped message. Java's client refuses more than 8 KiB of trailers, Python's may, and it stands in them twice:
 * escaped, and in base64 with the details. Source: grpc-java, GrpcUtil.DEFAULT_MAX_HEADER_LIST_SIZE; gRPC core,
 * GRPC_ARG_MAX_METADATA_SIZE.
 */
const LONGEST_MESSAGE = 3_000;

/** A character of JavaScript takes at most so many bytes when it is escaped: three of UTF-8, as `%E2%82%AC`. */
const LONGEST_ESCAPE = 9;

/** How a call that failed ends: code, message, and its details in `grpc-status-details-bin`. */
export function errorStatus(error: unknown): StatusObject {
  const rpc = error instanceof RpcError ? error : new RpcError("INTERNAL", messageOf(error));
  const status = statusOf(rpc);
  status.message = shortened(rpc.message.toWellFormed());
  const metadata = new Metadata();
  if (status.details.length > 0) metadata.set("grpc-status-details-bin", Buffer.from(toBinary(StatusSchema, status)));
  return { code: status.code, details: status.message, metadata };
}

/** A message may repeat what a caller sent, and then says at its end what is wrong with that. */
function shortened(message: string): string {
  if (encodeURI(message).length <= LONGEST_MESSAGE) return message;
  const side = Math.floor(LONGEST_MESSAGE / LONGEST_ESCAPE / 2) - 1;
  return `${message.slice(0, side)}…${message.slice(-side)}`.toWellFormed();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `Internal error: ${error.message}` : "Internal error";
}
