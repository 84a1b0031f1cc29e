import { errorMessage } from "../core/error-message.ts";
import { PayloadNotSerializableError } from "../core/errors/payload-not-serializable-error.ts";
import { childPath } from "./child-path.ts";
import { isJsonScalar, isPlainJson } from "./is-plain-json.ts";
import { JsonWriter } from "./json-writer.ts";
import { isFieldInstance, isPlain, isPlainArray, kindOf, remedyFor } from "./value-kinds.ts";

interface Options {
  /**
   * The values that may change on the way. `"toJSON"`: those with a `toJSON`, such as a Date. `"all"`: also a BigInt, which becomes a
   * string, and instances of classes, which become objects with their fields; a schema then decides whether it can read them.
   */
  readonly converts?: "toJSON" | "all";
  /** The start of messages, such as `the payload of "process-order"`. */
  readonly subject?: string;
}

interface Walk extends Options {
  /** The objects that contain the current one, to detect a cycle. */
  readonly ancestors: Set<object>;
  readonly conversions: Set<string>;
  readonly writer: JsonWriter;
  dropped: boolean;
}

/** A payload as JSON, and the differences between the two. */
export interface StrictJson {
  readonly text: string | undefined;
  /** A description of each kind of value that was converted, such as `JSON turns a Date into a string`. */
  readonly conversions: readonly string[];
  /** `true` if an `undefined` property was omitted. */
  readonly dropped: boolean;
}

/**
 * Converts a payload to JSON, and rejects values that JSON would silently lose or change: Date, BigInt, Map, Set, typed
 * arrays, NaN, class instances, functions, symbols, `undefined` inside an array, cycles. As in JSON, an `undefined` property
 * is omitted. Unlike with `JSON.stringify()`, −0 stays −0.
 *
 * @throws PayloadNotSerializableError with the path of the value
 */
export function strictJson(payload: unknown, options: Options = {}): StrictJson {
  if (payload === undefined) return { text: undefined, conversions: [], dropped: false };
  if (isPlainJson(payload)) return { text: JSON.stringify(payload), conversions: [], dropped: false };
  const { ancestors, conversions } = { ancestors: new Set<object>(), conversions: new Set<string>() };
  const walk: Walk = { ...options, ancestors, conversions, writer: new JsonWriter(), dropped: false };
  try {
    visit(payload, "payload", walk);
    return { text: walk.writer.write(payload), conversions: [...conversions], dropped: walk.dropped };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = `${options.subject ?? "the payload"} cannot be sent: it is nested too deeply for JSON`;
    throw new PayloadNotSerializableError(message, "payload", { cause: error });
  }
}

function visit(value: unknown, path: string, walk: Walk): void {
  if (isJsonScalar(value)) return;
  if (typeof value === "object" && value !== null) visitObject(value, path, walk);
  else if (Object.is(value, -0)) walk.writer.hasSpecial = true;
  else if (typeof value === "number") reject(path, value, walk, "JSON would turn it into null");
  else if (typeof value === "bigint") visitBigInt(value, path, walk);
  else reject(path, value, walk, "JSON would drop it");
}

function visitBigInt(value: bigint, path: string, walk: Walk): void {
  if (walk.converts !== "all") reject(path, value, walk, "JSON has no such type");
  walk.writer.hasSpecial = true;
  walk.conversions.add("JSON turns a BigInt into a string, which z.coerce.bigint() converts back");
}

function visitObject(value: object, path: string, walk: Walk): void {
  if ("toJSON" in value && typeof value.toJSON === "function")
    visitToJson(value as Date | { toJSON(): unknown }, path, walk);
  else visitPlain(value, path, walk);
}

function visitToJson(value: Date | { toJSON(): unknown }, path: string, walk: Walk): void {
  if (walk.converts === undefined) reject(path, value, walk, "it would arrive as something else");
  if (value instanceof Date && Number.isNaN(value.getTime())) reject(path, value, walk, "it would arrive as null");
  walk.conversions.add(
    value instanceof Date
      ? "JSON turns a Date into a string, which z.coerce.date() converts back"
      : `JSON turns ${kindOf(value)} into the result of its toJSON()`,
  );
  const json = toJsonOf(value, path, walk);
  // JSON.stringify calls toJSON() once, and not again on its result.
  if (typeof json === "object" && json !== null) visitPlain(json, path, walk);
  else visit(json, path, walk);
}

function toJsonOf(value: Date | { toJSON(): unknown }, path: string, walk: Walk): unknown {
  try {
    return (value as { toJSON(): unknown }).toJSON();
  } catch (cause) {
    const message = `${path} is ${kindOf(value)}, and its toJSON() failed: ${errorMessage(cause)}`;
    throw new PayloadNotSerializableError(`${subjectOf(walk)}: ${message}`, path, { cause });
  }
}

function visitPlain(value: object, path: string, walk: Walk): void {
  if (walk.ancestors.has(value)) reject(path, value, walk, "it contains itself", "a cycle");
  walk.ancestors.add(value);
  if (Array.isArray(value)) visitArray(value, path, walk);
  else visitRecord(value, path, walk);
  walk.ancestors.delete(value);
}

function visitArray(values: readonly unknown[], path: string, walk: Walk): void {
  if (!isPlainArray(values)) convertInstance(values, path, walk, "a plain array");
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (isJsonScalar(value)) continue;
    if (value === undefined) reject(`${path}[${index}]`, value, walk, "JSON would turn it into null");
    visit(value, `${path}[${index}]`, walk);
  }
  if (Object.keys(values).length > values.length)
    reject(path, values, walk, "JSON would drop them", "an array with properties of its own");
}

function visitRecord(value: object, path: string, walk: Walk): void {
  if (!isPlain(value)) convertInstance(value, path, walk, "a plain object with its fields");
  else if (Object.getOwnPropertySymbols(value).length > 0)
    reject(path, value, walk, "JSON would drop them", "an object with symbol keys");
  for (const [key, child] of Object.entries(value)) {
    if (child === undefined) walk.dropped = true;
    else if (!isJsonScalar(child)) visit(child, childPath(path, key), walk);
  }
}

/** Accepts an instance whose fields JSON keeps. A class that keeps its state elsewhere, such as a Map, would arrive empty. */
function convertInstance(value: object, path: string, walk: Walk, arrivesAs: string): void {
  const keepsFields = Array.isArray(value) || isFieldInstance(value);
  if (walk.converts !== "all" || !keepsFields) {
    reject(path, value, walk, keepsFields ? `it would arrive as ${arrivesAs}` : "it would arrive as an empty object");
  }
  walk.conversions.add(`JSON turns ${kindOf(value)} into ${arrivesAs}`);
}

function subjectOf({ subject = "the payload" }: Walk): string {
  return `${subject} cannot be sent`;
}

function reject(path: string, value: unknown, walk: Walk, reason: string, kind = kindOf(value)): never {
  const remedy = remedyFor(value, { kind, hasSchema: walk.converts === "all" });
  throw new PayloadNotSerializableError(
    `${subjectOf(walk)}: ${path} is ${kind}, which plain JSON cannot represent: ${reason}. ${remedy}`,
    path,
  );
}
