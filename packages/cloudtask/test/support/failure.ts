import { expect } from "vitest";

/** Returns the error that a promise rejects with. */
export function failureOf<E = Error>(promise: Promise<unknown>): Promise<E> {
  return promise.then(
    (value) => expect.unreachable(`it should have failed, and brought ${JSON.stringify(value)}`),
    (error: E) => error,
  );
}
