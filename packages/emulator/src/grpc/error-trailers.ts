import type { OutgoingHttpHeaders } from "node:http2";
import { toBinary } from "@bufbuild/protobuf";
import { StatusSchema } from "../gen/google/rpc/status_pb.ts";
import { RpcError } from "../service/rpc-error.ts";
import { statusOf } from "../service/rpc-status.ts";

/**
 * The longest escaped message, in bytes. The Java client rejects more than 8 KiB of trailers, the Python client may, and the
 * trailers contain the message twice: escaped, and in base64 with the details. Source: grpc-java, GrpcUtil.DEFAULT_MAX_HEADER_LIST_SIZE; gRPC core,
 * GRPC_ARG_MAX_METADATA_SIZE.
 */
const LONGEST_MESSAGE = 3_000;

/** The most bytes that a UTF-16 unit takes when it is escaped: three bytes of UTF-8, such as `%E2%82%AC`. */
const LONGEST_ESCAPE = 9;

/** The trailers of a failed call: code, message, and details in `grpc-status-details-bin`. */
export function errorTrailers(error: unknown): OutgoingHttpHeaders {
  const rpc = RpcError.from(error);
  const status = statusOf(rpc);
  status.message = shortened(rpc.message.toWellFormed());
  const trailers: OutgoingHttpHeaders = { "grpc-status": status.code, "grpc-message": encodeURI(status.message) };
  if (status.details.length > 0) {
    trailers["grpc-status-details-bin"] = Buffer.from(toBinary(StatusSchema, status)).toString("base64");
  }
  return trailers;
}

/** Cuts out the middle: messages that quote a value of the caller state the problem at their end. */
function shortened(message: string): string {
  if (encodeURI(message).length <= LONGEST_MESSAGE) return message;
  const side = Math.floor(LONGEST_MESSAGE / LONGEST_ESCAPE / 2) - 1;
  return `${message.slice(0, side)}…${message.slice(-side)}`.toWellFormed();
}
