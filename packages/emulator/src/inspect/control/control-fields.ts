import type { IncomingMessage } from "node:http";
import { type Duration, durationMs } from "cloudtask/internal";
import { parseObject } from "../../http/parse-body.ts";
import { readBody } from "../../http/read-body.ts";
import { invalidArgument } from "../../service/rpc-error.ts";

/** The fields of a request, before their types are checked. */
export type Fields<T extends object> = { readonly [K in keyof T]?: unknown };

/** @throws RpcError if the body has a field that is not in `allowed` */
export async function fieldsOf<T extends object>(
  request: IncomingMessage,
  allowed: readonly (keyof T & string)[],
): Promise<Fields<T>> {
  const fields: Readonly<Record<string, unknown>> = parseObject(await readBody(request));
  const unknown = Object.keys(fields).find((name) => !allowed.some((field) => field === name));
  if (unknown === undefined) return fields as Fields<T>;
  throw invalidArgument(`${unknown} is not a field of this request; its fields are: ${allowed.join(", ") || "none"}`);
}

/** @returns milliseconds */
export function durationField(name: string, value: unknown): number {
  return withInvalidArgument(() => durationMs(value as Duration, name));
}

/** Converts a TypeError, which reports misuse in JavaScript, into INVALID_ARGUMENT for the HTTP client. */
export function withInvalidArgument<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof TypeError ? invalidArgument(error.message) : error;
  }
}
