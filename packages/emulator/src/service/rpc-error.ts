import { create } from "@bufbuild/protobuf";
import type { RpcStatus } from "cloudtask/internal";
import { type Help, HelpSchema } from "../gen/google/rpc/error_details_pb.ts";

/** The failure of an API call: the name of a google.rpc code, the message of the real service, and details. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly status: RpcStatus;
  readonly details: readonly Help[];

  constructor(status: RpcStatus, message: string, details: readonly Help[] = []) {
    super(message);
    this.status = status;
    this.details = details;
  }

  /** Returns an RpcError unchanged and converts any other error to INTERNAL. */
  static from(error: unknown): RpcError {
    if (error instanceof RpcError) return error;
    return new RpcError("INTERNAL", error instanceof Error ? `Internal error: ${error.message}` : "Internal error");
  }
}

/** Creates an error with the code INVALID_ARGUMENT. */
export function invalidArgument(message: string, details?: readonly Help[]): RpcError {
  return new RpcError("INVALID_ARGUMENT", message, details);
}

/** Creates an UNIMPLEMENTED error for a feature of the real service that the emulator would otherwise ignore silently. */
export function unimplemented(feature: string): RpcError {
  return new RpcError("UNIMPLEMENTED", `${feature} is not implemented by this emulator.`);
}

/** Creates an error detail with a link to the definition of a field. */
export function help(description: string, url: string): Help[] {
  return [create(HelpSchema, { links: [{ description, url }] })];
}

/** Creates the error for a task or queue that never existed. */
export function notFound(): RpcError {
  return new RpcError("NOT_FOUND", "Requested entity was not found.");
}
