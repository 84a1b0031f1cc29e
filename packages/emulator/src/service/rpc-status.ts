import { create } from "@bufbuild/protobuf";
import { rpcStatusCode } from "cloudtask/internal";
import { type Status, StatusSchema } from "../gen/google/rpc/status_pb.ts";
import type { RpcError } from "./rpc-error.ts";

/** Converts an error to a google.rpc.Status, as `grpc-status-details-bin` contains it. */
export function statusOf({ status, message, details }: RpcError): Status {
  return create(StatusSchema, { code: rpcStatusCode(status), message, details: [...details] });
}

/** Converts an error to the google.rpc.Status of a failed item of a batch, which has no details. */
export function itemStatusOf({ status, message }: RpcError): Status {
  return create(StatusSchema, { code: rpcStatusCode(status), message });
}
