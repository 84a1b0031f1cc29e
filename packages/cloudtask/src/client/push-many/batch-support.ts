import { hasCode } from "../../core/errors/has-code.ts";
import type { Transport } from "../../transport/transport.ts";

/** The part of an API that does not accept batches: all of it, or one queue. */
export type Refusal = "api" | "queue";

const ALL = "*";
const refusals = new WeakMap<Transport, Set<string>>();

/** Checks whether an API has refused batches for a queue before. */
export function refusesBatches(transport: Transport, path: string): boolean {
  const paths = refusals.get(transport);
  return paths !== undefined && (paths.has(ALL) || paths.has(path));
}

/** Remembers that an API refuses batches, for as long as its client lives. */
export function rememberRefusal(transport: Transport, path: string, refusal: Refusal): void {
  const paths = refusals.get(transport) ?? new Set();
  paths.add(refusal === "api" ? ALL : path);
  refusals.set(transport, paths);
}

/**
 * Returns the refusal in the error of a batch. An older emulator or a proxy does not know the method: it answers 404 with a page,
 * 405 or 501. A permission can be missing for one queue.
 *
 * @returns `undefined` if the error does not concern batches
 */
export function refusalIn(error: unknown): Refusal | undefined {
  if (!hasCode(error, "API_ERROR")) return undefined;
  const { httpStatus, status } = error;
  if (status === "UNIMPLEMENTED" || httpStatus === 405 || httpStatus === 501) return "api";
  if (httpStatus === 404) return status === "NOT_FOUND" ? "queue" : "api";
  return httpStatus === 403 ? "queue" : undefined;
}
