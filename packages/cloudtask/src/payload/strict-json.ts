import { errorMessage } from "../core/error-message.ts";
import { PayloadNotSerializableError } from "../core/errors/payload-not-serializable-error.ts";
import { childPath } from "./child-path.ts";

interface Walk {
  readonly allowToJson: boolean;
  /** The objects that contain the current one, to detect a cycle. */
  readonly ancestors: Set<object>;
  converted: boolean;
  dropped: boolean;
}

/** A payload as JSON, and the differences between the two. */
export interface StrictJson {
  readonly text: string | undefined;
  /** `true` if a `toJSON` replaced a value: for example, a Date became a string. */
  readonly converted: boolean;
  /** `true` if an `undefined` property was omitted. */
  readonly dropped: boolean;
}

/**
 * Converts a payload to JSON, and rejects values that JSON would silently lose or change: Date, BigInt, Map, Set, typed
 * arrays, NaN, class instances, functions, symbols, `undefined` inside an array, cycles. As in JSON, an `undefined` property
 * is omitted, and −0 becomes 0.
 *
 * @param options - `allowToJson`: accept values with `toJSON` (such as a Date), because a schema will convert them back
 * @throws PayloadNotSerializableError with the path of the value
 */
export function strictJson(payload: unknown, options: { readonly allowToJson: boolean }): StrictJson {
  const walk: Walk = { allowToJson: options.allowToJson, ancestors: new Set(), converted: false, dropped: false };
  if (payload === undefined) return { text: undefined, converted: false, dropped: false };
  try {
    visit(payload, "payload", walk);
    return { text: JSON.stringify(payload), converted: walk.converted, dropped: walk.dropped };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new PayloadNotSerializableError("payload is nested too deeply for JSON", "payload", {
      cause: error,
    });
  }
}

/** Checks for a value that JSON does not change. Most values are, and need no path. */
function isJsonScalar(value: unknown): boolean {
  return value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

function visit(value: unknown, path: string, walk: Walk): void {
  if (isJsonScalar(value)) return;
  if (typeof value === "object" && value !== null) visitObject(value, path, walk);
  else if (typeof value === "number") reject(path, `${value}`, "JSON would turn it into null");
  else if (typeof value === "bigint") reject(path, "a BigInt", "JSON has no such type; push it as a string");
  else reject(path, typeof value === "undefined" ? "undefined" : `a ${typeof value}`, "JSON would drop it");
}

function visitObject(value: object, path: string, walk: Walk): void {
  if ("toJSON" in value && typeof value.toJSON === "function")
    visitToJson(value as Date | { toJSON(): unknown }, path, walk);
  else visitPlain(value, path, walk);
}

function visitToJson(value: Date | { toJSON(): unknown }, path: string, walk: Walk): void {
  if (!walk.allowToJson) reject(path, kindOf(value), "it would arrive as something else");
  if (value instanceof Date && Number.isNaN(value.getTime()))
    reject(path, "an invalid Date", "it would arrive as null");
  walk.converted = true;
  const json = toJsonOf(value, path);
  // JSON.stringify calls toJSON() once, and not again on its result.
  if (typeof json === "object" && json !== null) visitPlain(json, path, walk);
  else visit(json, path, walk);
}

function toJsonOf(value: Date | { toJSON(): unknown }, path: string): unknown {
  try {
    return (value as { toJSON(): unknown }).toJSON();
  } catch (cause) {
    const message = `${path} is ${kindOf(value)}, and its toJSON() failed: ${errorMessage(cause)}`;
    throw new PayloadNotSerializableError(message, path, { cause });
  }
}

function visitPlain(value: object, path: string, walk: Walk): void {
  if (walk.ancestors.has(value)) reject(path, "a cycle", "it contains itself");
  walk.ancestors.add(value);
  if (Array.isArray(value)) visitArray(value, path, walk);
  else visitRecord(value, path, walk);
  walk.ancestors.delete(value);
}

function visitArray(values: readonly unknown[], path: string, walk: Walk): void {
  if (!isPlainArray(values)) reject(path, kindOf(values), "it would arrive as a plain array");
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (isJsonScalar(value)) continue;
    if (value === undefined) reject(`${path}[${index}]`, "undefined", "JSON would turn it into null");
    visit(value, `${path}[${index}]`, walk);
  }
  if (Object.keys(values).length > values.length)
    reject(path, "an array with properties of its own", "JSON would drop them");
}

function visitRecord(value: object, path: string, walk: Walk): void {
  if (!isPlain(value)) reject(path, kindOf(value), "it would arrive as a plain object, or empty");
  if (Object.getOwnPropertySymbols(value).length > 0)
    reject(path, "an object with symbol keys", "JSON would drop them");
  for (const [key, child] of Object.entries(value)) {
    if (child === undefined) walk.dropped = true;
    else if (!isJsonScalar(child)) visit(child, childPath(path, key), walk);
  }
}

/** Checks whether the prototype of an object is Object.prototype or null: it then inherits nothing that JSON would lose. */
function isPlain(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || isForeignObjectPrototype(prototype);
}

/** Checks for the Object.prototype of another realm, such as a vm context or a test runner. */
function isForeignObjectPrototype(prototype: object): boolean {
  if (Object.getPrototypeOf(prototype) !== null || !Object.hasOwn(prototype, "hasOwnProperty")) return false;
  const builtin: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return typeof builtin === "function" && builtin.name === "Object" && builtin.prototype === prototype;
}

/** Array.prototype is itself an array, in every realm. The prototype of a class that extends Array is not. */
function isPlainArray(values: readonly unknown[]): boolean {
  const prototype: object | null = Object.getPrototypeOf(values);
  return prototype === null || (Array.isArray(prototype) && isPlain(prototype));
}

function kindOf(value: object): string {
  const name: unknown = value.constructor?.name;
  if (value instanceof Date) return "a Date";
  if (typeof name === "string" && name !== "" && name !== "Object") return `an instance of ${name}`;
  return "toJSON" in value ? "an object with toJSON" : "an object that inherits from another";
}

function reject(path: string, kind: string, reason: string): never {
  throw new PayloadNotSerializableError(
    `${path} is ${kind}, which plain JSON cannot represent: ${reason}. ` +
      "Push a plain value, add an `input` schema to the task that converts it back, or set the client option `serializer`, for " +
      "example to superjson.",
    path,
  );
}
