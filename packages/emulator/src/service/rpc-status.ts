import { create } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { rpcStatusCode } from "cloudtask/internal";
import { HelpSchema } from "../gen/google/rpc/error_details_pb.ts";
import { type Status, StatusSchema } from "../gen/google/rpc/status_pb.ts";
import type { RpcError } from "./rpc-error.ts";

/** Converts an error to a google.rpc.Status, for `grpc-status-details-bin` and for the failed items of batches. */
export function statusOf({ status, message, details }: RpcError): Status {
  return create(StatusSchema, {
    code: rpcStatusCode(status),
    message,
    details: details.map((detail) => anyPack(HelpSchema, detail)),
  });
}
