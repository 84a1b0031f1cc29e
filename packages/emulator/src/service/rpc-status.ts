import { create } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { rpcStatusCode } from "cloudtask/internal";
import { HelpSchema } from "../gen/google/rpc/error_details_pb.ts";
import { type Status, StatusSchema } from "../gen/google/rpc/status_pb.ts";
import type { RpcError } from "./rpc-error.ts";

/** An error of the API as a message: what gRPC sends in `grpc-status-details-bin`, and what batches say of their items. */
export function statusOf({ status, message, details }: RpcError): Status {
  return create(StatusSchema, {
    code: rpcStatusCode(status),
    message,
    details: details.map((detail) => anyPack(HelpSchema, detail)),
  });
}
