import { type DescMethod, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import type { handleUnaryCall, Server } from "@grpc/grpc-js";
import { ConnectionDropped } from "../faults/connection-dropped.ts";
import type { ApiService, RpcHandler } from "../service/api-service.ts";
import { errorStatus } from "./error-status.ts";

/** Cuts the connection of a client, by what gRPC calls its peer. */
export type Cut = (peer: string) => void;

/**
 * Registers what a service of the API answers. What it does not is answered UNIMPLEMENTED by the server itself.
 *
 * @param cut - for a call that is to end without an answer
 */
export function addApi(server: Server, { descriptor, methods }: ApiService, cut: Cut): void {
  for (const method of descriptor.methods) {
    const answer = methods[method.localName];
    if (answer) server.register(pathOf(method), unary(answer, cut), writes(method), reads(method), "unary");
  }
}

/** The path by which a method is called. */
export function pathOf({ name, parent }: DescMethod): string {
  return `/${parent.typeName}/${name}`;
}

function unary(answer: RpcHandler, cut: Cut): handleUnaryCall<Message, Message> {
  return async (call, callback) => {
    try {
      callback(null, await answer(call.request));
    } catch (error) {
      if (error instanceof ConnectionDropped) cut(call.getPeer());
      else callback(errorStatus(error));
    }
  };
}

/** Writes the responses of a method. */
export function writes({ output }: DescMethod): (response: Message) => Buffer {
  return (response) => {
    const { buffer, byteOffset, byteLength } = toBinary(output, response);
    return Buffer.from(buffer, byteOffset, byteLength);
  };
}

/**
 * Reads the requests of a method. What is kept of one, such as a task's body, is a part of the bytes that it was read from:
 * of a copy, so that nothing else that came with them is kept too.
 */
export function reads({ input }: DescMethod): (bytes: Buffer) => Message {
  return (bytes) => fromBinary(input, new Uint8Array(bytes));
}
