import { create } from "@bufbuild/protobuf";
import type { RpcStatus } from "cloudtask/internal";
import { type Help, HelpSchema } from "../gen/google/rpc/error_details_pb.ts";

/** How a call of the API fails: a google.rpc code by name, the message of the real service, and its details. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly status: RpcStatus;
  readonly details: readonly Help[];

  constructor(status: RpcStatus, message: string, details: readonly Help[] = []) {
    super(message);
    this.status = status;
    this.details = details;
  }
}

/** INVALID_ARGUMENT with a message. */
export function invalidArgument(message: string, details?: readonly Help[]): RpcError {
  return new RpcError("INVALID_ARGUMENT", message, details);
}

/** UNIMPLEMENTED: what the real service has and this emulator does not, rather than accepting and ignoring it. */
export function unimplemented(what: string): RpcError {
  return new RpcError("UNIMPLEMENTED", `${what} is not implemented by this emulator.`);
}

/** The detail that points a caller at the definition of a field. */
export function help(description: string, url: string): Help[] {
  return [create(HelpSchema, { links: [{ description, url }] })];
}

/** The answer for a task or a queue that never existed. */
export function notFound(): RpcError {
  return new RpcError("NOT_FOUND", "Requested entity was not found.");
}
