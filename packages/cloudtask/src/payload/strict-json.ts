import { errorMessage } from "../core/error-message.ts";
import { PayloadNotSerializableError } from "../core/errors/payload-not-serializable-error.ts";
import { childPath } from "./child-path.ts";

interface Walk {
  readonly allowToJson: boolean;
  /** The objects above the present one, to see a cycle. */
  readonly above: Set<object>;
  converted: boolean;
  dropped: boolean;
}

/** What JSON wrote, and whether it is something other than what it was given. */
export interface StrictJson {
  readonly text: string | undefined;
  /** Whether a `toJSON` spoke for a value: a Date became a string, say. */
  readonly converted: boolean;
  /** Whether a property that is `undefined` was left out. */
  readonly dropped: boolean;
}

/**
 * `JSON.stringify` that refuses what JSON would silently lose or change: Date, BigInt, Map, Set, typed arrays, NaN, class
 * instances, functions, symbols, `undefined` inside an array, cycles. A property that is `undefined` is left out, as JSON
 * does, and −0 becomes 0.
 *
 * @param payload - what to write
 * @param options - `allowToJson`: let a value with `toJSON` (a Date, say) speak for itself, where a schema will read it back
 * @returns the text, `undefined` for `undefined`; and in what it differs from the payload
 * @throws PayloadNotSerializableError with the path to the value
 */
export function strictJson(payload: unknown, options: { readonly allowToJson: boolean }): StrictJson {
  const walk: Walk = { allowToJson: options.allowToJson, above: new Set(), converted: false, dropped: false };
  if (payload === undefined) return { text: undefined, converted: false, dropped: false };
  try {
    visit(payload, "payload", walk);
    return { text: JSON.stringify(payload), converted: walk.converted, dropped: walk.dropped };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new PayloadNotSerializableError("payload: it is nested too deeply to be written as JSON", "payload", {
      cause: error,
    });
  }
}

/** Whether a value is one that JSON carries as it is: most are, and need no path. */
function isCarried(value: unknown): boolean {
  return value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

function visit(value: unknown, path: string, walk: Walk): void {
  if (isCarried(value)) return;
  if (typeof value === "object" && value !== null) visitObject(value, path, walk);
  else if (typeof value === "number") refuse(path, `${value}`, "JSON would turn it into null");
  else if (typeof value === "bigint") refuse(path, "a BigInt", "JSON has none; push it as a string");
  else refuse(path, typeof value === "undefined" ? "undefined" : `a ${typeof value}`, "JSON would drop it");
}

function visitObject(value: object, path: string, walk: Walk): void {
  if ("toJSON" in value && typeof value.toJSON === "function")
    visitToJson(value as Date | { toJSON(): unknown }, path, walk);
  else visitPlain(value, path, walk);
}

function visitToJson(value: Date | { toJSON(): unknown }, path: string, walk: Walk): void {
  if (!walk.allowToJson) refuse(path, kindOf(value), "it would arrive as something else");
  if (value instanceof Date && Number.isNaN(value.getTime()))
    refuse(path, "an invalid Date", "it would arrive as null");
  walk.converted = true;
  const spoken = toJsonOf(value, path);
  // JSON asks once: what toJSON() returns has no say of its own.
  if (typeof spoken === "object" && spoken !== null) visitPlain(spoken, path, walk);
  else visit(spoken, path, walk);
}

function toJsonOf(value: Date | { toJSON(): unknown }, path: string): unknown {
  try {
    return (value as { toJSON(): unknown }).toJSON();
  } catch (cause) {
    const said = errorMessage(cause);
    throw new PayloadNotSerializableError(`${path} is ${kindOf(value)}, and its toJSON() failed: ${said}`, path, {
      cause,
    });
  }
}

function visitPlain(value: object, path: string, walk: Walk): void {
  if (walk.above.has(value)) refuse(path, "a cycle", "it holds itself");
  walk.above.add(value);
  if (Array.isArray(value)) visitArray(value, path, walk);
  else visitRecord(value, path, walk);
  walk.above.delete(value);
}

function visitArray(values: readonly unknown[], path: string, walk: Walk): void {
  if (!isPlainArray(values)) refuse(path, kindOf(values), "it would arrive as a plain array");
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (isCarried(value)) continue;
    if (value === undefined) refuse(`${path}[${index}]`, "undefined", "JSON would turn it into null");
    visit(value, `${path}[${index}]`, walk);
  }
  if (Object.keys(values).length > values.length)
    refuse(path, "an array with properties of its own", "JSON would drop them");
}

function visitRecord(value: object, path: string, walk: Walk): void {
  if (!isPlain(value)) refuse(path, kindOf(value), "it would arrive as a plain object, or empty");
  if (Object.getOwnPropertySymbols(value).length > 0)
    refuse(path, "an object with symbol keys", "JSON would drop them");
  for (const [key, child] of Object.entries(value)) {
    if (child === undefined) walk.dropped = true;
    else if (!isCarried(child)) visit(child, childPath(path, key), walk);
  }
}

/** Whether an object stands directly below Object.prototype, or below nothing: then it inherits nothing that JSON would lose. */
function isPlain(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || isForeignObjectPrototype(prototype);
}

/** Whether it is the Object.prototype of another realm (a vm context, a test runner), and not just any object below nothing. */
function isForeignObjectPrototype(prototype: object): boolean {
  if (Object.getPrototypeOf(prototype) !== null || !Object.hasOwn(prototype, "hasOwnProperty")) return false;
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return typeof maker === "function" && maker.name === "Object" && maker.prototype === prototype;
}

/** Array.prototype, of whatever realm, is an array itself; that of a class which extends it is not. */
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

function refuse(path: string, what: string, why: string): never {
  throw new PayloadNotSerializableError(
    `${path} is ${what}, which plain JSON cannot carry: ${why}. ` +
      "Push a plain value, give the task an `input` schema that reads it back, or the client a `serializer` such as superjson.",
    path,
  );
}
