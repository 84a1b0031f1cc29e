import { type DescMethod, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import type { handleUnaryCall, Server } from "@grpc/grpc-js";
import { ConnectionDropped } from "../faults/connection-dropped.ts";
import type { ApiService, RpcHandler } from "../service/api-service.ts";
import { errorStatus } from "./error-status.ts";

/** Closes the connection of a client, which gRPC identifies by its peer name. */
export type CloseConnection = (peer: string) => void;

/**
 * Registers the methods of a service. The server itself answers missing methods with UNIMPLEMENTED.
 *
 * @param closeConnection - closes the connection of a call that must end without an answer
 */
export function addApi(server: Server, { descriptor, methods }: ApiService, closeConnection: CloseConnection): void {
  for (const method of descriptor.methods) {
    const answer = methods[method.localName];
    if (answer) server.register(pathOf(method), unary(answer, closeConnection), writes(method), reads(method), "unary");
  }
}

/** The HTTP/2 path of a method. */
export function pathOf({ name, parent }: DescMethod): string {
  return `/${parent.typeName}/${name}`;
}

function unary(answer: RpcHandler, closeConnection: CloseConnection): handleUnaryCall<Message, Message> {
  return async (call, callback) => {
    try {
      callback(null, await answer(call.request));
    } catch (error) {
      if (error instanceof ConnectionDropped) closeConnection(call.getPeer());
      else callback(errorStatus(error));
    }
  };
}

/** Creates the serializer for the responses of a method. */
export function writes({ output }: DescMethod): (response: Message) => Buffer {
  return (response) => {
    const { buffer, byteOffset, byteLength } = toBinary(output, response);
    return Buffer.from(buffer, byteOffset, byteLength);
  };
}

/**
 * Creates the parser for the requests of a method. The fields of a message refer to the bytes that it was parsed from, and a
 * stored field, such as a task's body, keeps them in memory. So each request is parsed from a copy of its own.
 */
export function reads({ input }: DescMethod): (bytes: Buffer) => Message {
  return (bytes) => fromBinary(input, new Uint8Array(bytes));
}
