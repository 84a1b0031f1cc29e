import { expect, test } from "vitest";
import { abortedUnsent } from "../core/errors/aborted-error.ts";
import { ApiError } from "../core/errors/api-error.ts";
import { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { CredentialsError } from "../core/errors/credentials-error.ts";
import { NetworkError } from "../core/errors/network-error.ts";
import { TimeoutError } from "../core/errors/timeout-error.ts";
import { type RpcStatus, rpcStatusOfHttp } from "../core/rpc-status.ts";
import { mayHaveActed } from "./may-have-acted.ts";
import { type RetryState, retryDelayMs } from "./retry-delay.ts";
import { retryPolicy } from "./retry-policy.ts";

const policy = retryPolicy();

function answered(httpStatus: number, more: { status?: RpcStatus; retryAfterMs?: number } = {}): ApiError {
  return new ApiError("rejected", { status: rpcStatusOfHttp(httpStatus), httpStatus, apiMessage: "", ...more });
}

function network(code: string): NetworkError {
  return new NetworkError("no answer", { cause: Object.assign(new Error(code), { code }) });
}

function after(failure: CloudTaskError, more: Partial<RetryState> = {}): RetryState {
  return { failure, attempts: 1, elapsedMs: 10, refusedMs: 0, renewable: false, ...more };
}

test("the defaults are 20 s in total, with waits between 100 ms and 5 s", () => {
  const expected = {
    totalTimeoutMs: 20_000,
    minDelayMs: 100,
    maxDelayMs: 5_000,
    refusedTimeoutMs: 20_000,
    includesWait: false,
  };
  expect(policy).toEqual(expected);
  expect(retryPolicy({})).toEqual(expected);
  expect(retryPolicy({ totalTimeout: undefined, minDelay: undefined, maxDelay: undefined })).toEqual(expected);
});

test("0 is a valid value", () => {
  expect(retryPolicy({ totalTimeout: 0, minDelay: 0, maxDelay: 0 })).toEqual({
    totalTimeoutMs: 0,
    minDelayMs: 0,
    maxDelayMs: 0,
    refusedTimeoutMs: 0,
    includesWait: false,
  });
});

test("a minDelay above the default maxDelay raises maxDelay", () => {
  expect(retryPolicy({ minDelay: "8s" })).toMatchObject({ minDelayMs: 8_000, maxDelayMs: 8_000 });
});

test.each([
  {
    options: { minDelay: "2s", maxDelay: "1s" } as const,
    message: /apiRetry\.minDelay \(2000ms\).*apiRetry\.maxDelay \(1000ms\)/,
  },
  { options: { totalTimeout: -1 }, message: /apiRetry\.totalTimeout/ },
  { options: { minDelay: Number.NaN }, message: /apiRetry\.minDelay/ },
])("$options is rejected", ({ options, message }) => {
  expect(() => retryPolicy(options)).toThrow(TypeError);
  expect(() => retryPolicy(options)).toThrow(message);
});

test.each([
  { failure: network("ECONNRESET"), why: "a broken connection" },
  { failure: network("ECONNREFUSED"), why: "a refused connection" },
  { failure: network("EAI_AGAIN"), why: "a failing resolver" },
  { failure: new NetworkError("no answer"), why: "a failure without a code" },
  { failure: new TimeoutError("late", 10), why: "a timeout" },
  ...[408, 429, 500, 502, 503, 504].map((status) => ({ failure: answered(status), why: `HTTP ${status}` })),
  { failure: answered(409, { status: "ABORTED" }), why: "a lost race" },
])("retried: $why", ({ failure }) => {
  expect(retryDelayMs(policy, after(failure), 0.5)).toBe(50);
});

test.each([
  ...[302, 400, 401, 403, 404, 405, 411, 412, 413, 499, 501].map((status) => ({
    failure: answered(status),
    why: `HTTP ${status}`,
  })),
  { failure: answered(409, { status: "ALREADY_EXISTS" }), why: "a taken name" },
  { failure: network("ERR_RESPONSE_TOO_LARGE"), why: "an answer too large" },
  { failure: network("CERT_HAS_EXPIRED"), why: "an expired certificate" },
  { failure: network("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), why: "an unknown certificate" },
  { failure: network("ERR_INVALID_URL"), why: "an invalid URL" },
  { failure: new CredentialsError("none"), why: "no credentials" },
  { failure: new CloudTaskError("ABORTED", "aborted"), why: "an aborted call" },
  { failure: new CloudTaskError("CLIENT_CLOSED", "closed"), why: "a closed client" },
])("not retried: $why", ({ failure }) => {
  expect(retryDelayMs(policy, after(failure), 0.5)).toBeUndefined();
});

test.each([
  { attempts: 1, random: 0, expected: 0 },
  { attempts: 1, random: 0.99, expected: 99 },
  { attempts: 2, random: 0.5, expected: 100 },
  { attempts: 3, random: 0.5, expected: 200 },
  { attempts: 6, random: 1, expected: 3_200 },
  { attempts: 7, random: 1, expected: 5_000 },
  { attempts: 5_000, random: 1, expected: 5_000 },
])(
  "after $attempts requests, with the random number $random, the delay is $expected ms",
  ({ attempts, random, expected }) => {
    expect(retryDelayMs(policy, after(answered(503), { attempts }), random)).toBe(expected);
  },
);

test.each([
  { retryAfterMs: 0, expected: 50 },
  { retryAfterMs: 20, expected: 50 },
  { retryAfterMs: 7_000, expected: 7_000 },
  { retryAfterMs: 19_989, expected: 19_989 },
  { retryAfterMs: 19_990, expected: undefined },
  { retryAfterMs: 3_600_000, expected: undefined },
])("with Retry-After $retryAfterMs ms the delay is $expected", ({ retryAfterMs, expected }) => {
  expect(retryDelayMs(policy, after(answered(429, { retryAfterMs })), 0.5)).toBe(expected);
});

test.each([
  { elapsedMs: 19_949, expected: 50 },
  { elapsedMs: 19_950, expected: undefined },
  { elapsedMs: 30_000, expected: undefined },
])("after $elapsedMs of 20,000 ms, a delay of 50 ms becomes $expected", ({ elapsedMs, expected }) => {
  expect(retryDelayMs(policy, after(answered(503), { elapsedMs }), 0.5)).toBe(expected);
});

test("a total timeout of 0 disables retries", () => {
  const once = retryPolicy({ totalTimeout: 0 });
  expect(retryDelayMs(once, after(answered(503), { elapsedMs: 0 }), 0)).toBeUndefined();
});

test.each([
  { code: "ECONNREFUSED", refusedMs: 1_900, elapsedMs: 1_900, expected: 50 },
  { code: "ECONNREFUSED", refusedMs: 1_900, elapsedMs: 9_000, expected: 50 },
  { code: "ECONNREFUSED", refusedMs: 1_970, elapsedMs: 9_000, expected: 30 },
  { code: "ECONNREFUSED", refusedMs: 2_000, elapsedMs: 9_000, expected: undefined },
  { code: "ECONNREFUSED", refusedMs: 0, elapsedMs: 20_000, expected: undefined },
  { code: "ECONNRESET", refusedMs: 0, elapsedMs: 2_000, expected: 50 },
])(
  "with an emulator, $code for $refusedMs ms, $elapsedMs ms after the call began, gives the delay $expected",
  ({ code, expected, ...times }) => {
    expect(retryDelayMs(retryPolicy({}, true), after(network(code), times), 0.5)).toBe(expected);
  },
);

test("a given total timeout includes the wait for a connection", () => {
  expect(retryPolicy({ totalTimeout: "20s" }).includesWait).toBe(true);
});

test.each([
  { renewable: true, elapsedMs: 10, expected: 0 },
  { renewable: true, elapsedMs: 30_000, expected: 0 },
  { renewable: false, elapsedMs: 10, expected: undefined },
])(
  "a rejected token, renewable $renewable, after $elapsedMs ms: delay $expected",
  ({ renewable, elapsedMs, expected }) => {
    expect(retryDelayMs(policy, after(answered(401), { renewable, elapsedMs }), 0.5)).toBe(expected);
  },
);

test.each([
  { failure: new TimeoutError("late", 10), expected: true },
  { failure: new TimeoutError("no connection", 10, { sent: false }), expected: false },
  { failure: new CloudTaskError("ABORTED", "aborted"), expected: true },
  { failure: abortedUnsent("pushing", AbortSignal.abort()), expected: false },
  { failure: network("ECONNRESET"), expected: true },
  { failure: network("EPIPE"), expected: true },
  { failure: network("ECONNREFUSED"), expected: false },
  { failure: network("ENOTFOUND"), expected: false },
  { failure: network("CERT_HAS_EXPIRED"), expected: false },
  { failure: network("ERR_INVALID_CHAR"), expected: false },
  { failure: network("ERR_RESPONSE_TOO_LARGE"), expected: true },
  { failure: answered(200), expected: true },
  { failure: answered(302), expected: false },
  { failure: answered(500), expected: true },
  { failure: answered(503), expected: true },
  { failure: answered(504), expected: true },
  { failure: answered(408), expected: true },
  { failure: answered(429), expected: false },
  { failure: answered(401), expected: false },
  { failure: answered(409), expected: false },
  { failure: new CredentialsError("none"), expected: false },
])("$failure.name $failure.httpStatus $failure.cause.message may have acted: $expected", ({ failure, expected }) => {
  expect(mayHaveActed(failure)).toBe(expected);
});

test.each([
  { code: "EHOSTUNREACH", syscall: "connect", expected: false },
  { code: "ENETUNREACH", syscall: "connect", expected: false },
  { code: "EHOSTUNREACH", syscall: "read", expected: true },
  { code: "ENETUNREACH", syscall: "write", expected: true },
  { code: "EHOSTUNREACH", syscall: undefined, expected: true },
])("$code in $syscall may have acted: $expected", ({ code, syscall, expected }) => {
  const cause = new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code, syscall }) });
  expect(mayHaveActed(new NetworkError("no answer", { cause }))).toBe(expected);
});
