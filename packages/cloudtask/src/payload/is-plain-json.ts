import { isPlain, isPlainArray } from "./value-kinds.ts";

/** Deeper values are rare, and a cycle has no end. */
const MAX_DEPTH = 16;

/** Checks for a value that JSON does not change. Most values are, and need no path. */
export function isJsonScalar(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  return value === null || typeof value === "string" || typeof value === "boolean";
}

/**
 * Checks quickly that JSON does not change a value: it consists of plain objects, arrays and scalars. It creates no paths and no
 * messages. `false` means that only the thorough check can tell.
 */
export function isPlainJson(value: unknown, depth = 0): boolean {
  if (isJsonScalar(value)) return true;
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH || "toJSON" in value) return false;
  return Array.isArray(value) ? isPlainList(value, depth) : isPlainRecord(value, depth);
}

function isPlainList(values: readonly unknown[], depth: number): boolean {
  if (!isPlainArray(values) || Object.keys(values).length !== values.length) return false;
  for (const value of values) if (!isPlainJson(value, depth + 1)) return false;
  return true;
}

function isPlainRecord(value: object, depth: number): boolean {
  if (!isPlain(value) || Object.getOwnPropertySymbols(value).length > 0) return false;
  // Object.keys() would create a list. The prototype of a plain object has no enumerable properties.
  for (const key in value) {
    if (!isPlainJson((value as Readonly<Record<string, unknown>>)[key], depth + 1)) return false;
  }
  return true;
}
