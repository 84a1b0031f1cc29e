import { HttpMethod } from "../gen/google/cloud/tasks/v2/target_pb.ts";
import { invalidArgument } from "./rpc-error.ts";

/** The names of HttpMethod, except the unspecified one. */
type HttpMethodName = Exclude<keyof typeof HttpMethod, "HTTP_METHOD_UNSPECIFIED">;

/**
 * @param method - an HttpMethod of either version; their numbers are equal
 * @param field - the field of the request, for the error message
 * @returns the name of the method; undefined if it is unspecified
 * @throws RpcError if there is no such method
 */
export function methodName(method: number, field: string): string | undefined {
  if (method === HttpMethod.HTTP_METHOD_UNSPECIFIED) return undefined;
  const name = HttpMethod[method];
  if (name === undefined) throw invalidArgument(`${field}: ${method} is not a value of HttpMethod.`);
  return name;
}

/** Returns the number of a name from `methodName()`; 0 for undefined. */
export function methodNumber(name: string | undefined): number {
  return name === undefined ? HttpMethod.HTTP_METHOD_UNSPECIFIED : HttpMethod[name as HttpMethodName];
}
