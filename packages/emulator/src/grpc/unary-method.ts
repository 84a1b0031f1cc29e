import { type DescMethod, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { ConnectionDropped } from "../faults/connection-dropped.ts";
import type { RpcHandler } from "../service/api-service.ts";
import { type MaybePromise, mapValue } from "../service/maybe-promise.ts";
import { RpcError } from "../service/rpc-error.ts";
import type { CallHandler, GrpcCall } from "./grpc-call.ts";
import { Turns } from "./turns.ts";

const turns = new Turns();

/** The HTTP/2 path of a method. */
export function pathOf({ name, parent }: DescMethod): string {
  return `/${parent.typeName}/${name}`;
}

/** Answers the calls of a method that has one request and one response. */
export function unaryMethod(method: DescMethod, answer: RpcHandler): CallHandler {
  return (call) => {
    let request: Message | undefined;
    return {
      message: (bytes) => {
        if (request) throw wrongCount("a second", method);
        request = parsedRequest(method, bytes);
      },
      end: () => {
        if (!request) throw wrongCount("no", method);
        const parsed = request;
        turns.add(() => respond(call, method, () => answer(parsed)));
      },
    };
  };
}

function respond(call: GrpcCall, { output }: DescMethod, answer: () => MaybePromise<Message>): void {
  const fail = (error: unknown): void => {
    if (error instanceof ConnectionDropped) call.dropConnection();
    else call.fail(error);
  };
  try {
    const answered = mapValue(answer(), (message) => call.answer(toBinary(output, message)));
    if (answered instanceof Promise) answered.catch(fail);
  } catch (error) {
    fail(error);
  }
}

/**
 * Parses the request of a method. The fields of a message refer to the bytes that it was parsed from, and a stored field, such
 * as a task's body, keeps them in memory. So each request is parsed from a copy of its own.
 */
export function parsedRequest<Method extends DescMethod>({ input }: Method, bytes: Uint8Array): Message {
  try {
    return fromBinary(input, new Uint8Array(bytes));
  } catch {
    throw new RpcError("INTERNAL", "Error deserializing request");
  }
}

function wrongCount(count: "a second" | "no", method: DescMethod): RpcError {
  return new RpcError("UNIMPLEMENTED", `Received ${count} request message for the method ${pathOf(method)}`);
}
