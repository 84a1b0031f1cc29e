import { HttpMethod } from "../gen/google/cloud/tasks/v2/target_pb.ts";

/** The names of HttpMethod, except the unspecified one. */
type HttpMethodName = Exclude<keyof typeof HttpMethod, "HTTP_METHOD_UNSPECIFIED">;

/**
 * @param method - an HttpMethod of either version; their numbers are equal
 * @returns the name of the method; undefined if it is unspecified or the API does not know it
 */
export function methodName(method: number): string | undefined {
  return method === HttpMethod.HTTP_METHOD_UNSPECIFIED ? undefined : HttpMethod[method];
}

/** Returns the number of a name from `methodName()`; 0 for undefined. */
export function methodNumber(name: string | undefined): number {
  return name === undefined ? HttpMethod.HTTP_METHOD_UNSPECIFIED : HttpMethod[name as HttpMethodName];
}
