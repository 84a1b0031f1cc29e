import { expect, test } from "vitest";
import { httpStatusOf, isRpcStatus, rpcStatusName, rpcStatusOfHttp } from "./rpc-status.ts";

test.each([
  [0, "OK", 200],
  [1, "CANCELLED", 499],
  [3, "INVALID_ARGUMENT", 400],
  [4, "DEADLINE_EXCEEDED", 504],
  [5, "NOT_FOUND", 404],
  [6, "ALREADY_EXISTS", 409],
  [7, "PERMISSION_DENIED", 403],
  [8, "RESOURCE_EXHAUSTED", 429],
  [9, "FAILED_PRECONDITION", 400],
  [10, "ABORTED", 409],
  [12, "UNIMPLEMENTED", 501],
  [13, "INTERNAL", 500],
  [14, "UNAVAILABLE", 503],
  [16, "UNAUTHENTICATED", 401],
] as const)("the code %d is %s, answered over REST as %d", (code, name, http) => {
  expect(rpcStatusName(code)).toBe(name);
  expect(httpStatusOf(name)).toBe(http);
  expect(isRpcStatus(name)).toBe(true);
});

test.each([-1, 17, 1.5, Number.NaN])("%d is not a code and counts as UNKNOWN", (code) => {
  expect(rpcStatusName(code)).toBe("UNKNOWN");
});

test.each([
  [400, "INVALID_ARGUMENT"],
  [401, "UNAUTHENTICATED"],
  [403, "PERMISSION_DENIED"],
  [404, "UNKNOWN"],
  [408, "DEADLINE_EXCEEDED"],
  [409, "ABORTED"],
  [418, "UNKNOWN"],
  [429, "RESOURCE_EXHAUSTED"],
  [500, "UNKNOWN"],
  [502, "UNAVAILABLE"],
  [503, "UNAVAILABLE"],
  [504, "DEADLINE_EXCEEDED"],
  [599, "INTERNAL"],
])("an HTTP %d without a google.rpc.Status counts as %s", (http, status) => {
  expect(rpcStatusOfHttp(http)).toBe(status);
});

test.each(["", "not_found", 5, null, undefined, {}])("%j is not the name of a code", (value) => {
  expect(isRpcStatus(value)).toBe(false);
});
