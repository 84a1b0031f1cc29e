import { HttpMethod } from "../gen/google/cloud/tasks/v2/target_pb.ts";
import { invalidArgument } from "./rpc-error.ts";

/** The names of HttpMethod that can be sent. */
type HttpMethodName = Exclude<keyof typeof HttpMethod, "HTTP_METHOD_UNSPECIFIED">;

/**
 * @param method - an HttpMethod of either version: their numbers are the same
 * @param field - of the request, for the message
 * @returns the method's name, undefined where it is not set
 * @throws RpcError where it is none
 */
export function methodName(method: number, field: string): string | undefined {
  if (method === HttpMethod.HTTP_METHOD_UNSPECIFIED) return undefined;
  const name = HttpMethod[method];
  if (name === undefined) throw invalidArgument(`${field}: ${method} is no HttpMethod.`);
  return name;
}

/** The number of a method that was read with `methodName`; 0 for none. */
export function methodNumber(name: string | undefined): number {
  return name === undefined ? HttpMethod.HTTP_METHOD_UNSPECIFIED : HttpMethod[name as HttpMethodName];
}
