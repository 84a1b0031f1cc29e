import { PayloadNotSerializableError } from "../core/errors/payload-not-serializable-error.ts";

interface Walk {
  readonly allowToJson: boolean;
  /** The objects above the present one, to see a cycle. */
  readonly above: Set<object>;
  converted: boolean;
}

/** Whether JSON wrote something other than what it was given: a Date became a string, say. */
export interface StrictJson {
  readonly text: string | undefined;
  readonly converted: boolean;
}

/**
 * `JSON.stringify` that refuses what JSON would silently lose or change: Date, BigInt, Map, Set, typed arrays, NaN, class
 * instances, functions, symbols, `undefined` inside an array, cycles. A property that is `undefined` is left out, as JSON
 * does, and −0 becomes 0.
 *
 * @param payload - what to write
 * @param options - `allowToJson`: let a value with `toJSON` (a Date, say) speak for itself, where a schema will read it back
 * @returns the text, `undefined` for `undefined`; and whether a `toJSON` was used
 * @throws PayloadNotSerializableError with the path to the value
 */
export function strictJson(payload: unknown, options: { readonly allowToJson: boolean }): StrictJson {
  const walk: Walk = { allowToJson: options.allowToJson, above: new Set(), converted: false };
  if (payload === undefined) return { text: undefined, converted: false };
  try {
    visit(payload, "payload", walk);
    return { text: JSON.stringify(payload), converted: walk.converted };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new PayloadNotSerializableError("payload: it is nested too deeply to be written as JSON", "payload", {
      cause: error,
    });
  }
}

function visit(value: unknown, path: string, walk: Walk): void {
  if (typeof value === "object" && value !== null) visitObject(value, path, walk);
  else if (typeof value === "number" && !Number.isFinite(value))
    refuse(path, `${value}`, "JSON would turn it into null");
  else if (typeof value === "bigint") refuse(path, "a BigInt", "JSON has none; push it as a string");
  else if (typeof value === "function" || typeof value === "symbol")
    refuse(path, `a ${typeof value}`, "JSON would drop it");
}

function visitObject(value: object, path: string, walk: Walk): void {
  if ("toJSON" in value && typeof value.toJSON === "function") {
    if (!walk.allowToJson) refuse(path, kindOf(value), "it would arrive as something else");
    walk.converted = true;
    visit(value.toJSON(), path, walk);
    return;
  }
  if (walk.above.has(value)) refuse(path, "a cycle", "it holds itself");
  walk.above.add(value);
  if (Array.isArray(value)) visitArray(value, path, walk);
  else visitRecord(value, path, walk);
  walk.above.delete(value);
}

function visitArray(values: readonly unknown[], path: string, walk: Walk): void {
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (value === undefined) refuse(`${path}[${index}]`, "undefined", "JSON would turn it into null");
    visit(value, `${path}[${index}]`, walk);
  }
}

function visitRecord(value: object, path: string, walk: Walk): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  // A plain object of another realm (a vm context, a test runner) has a foreign Object.prototype, whose own prototype is
  // null all the same.
  const plain = prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!plain) refuse(path, kindOf(value), "it would arrive as a plain object, or empty");
  if (Object.getOwnPropertySymbols(value).length > 0)
    refuse(path, "an object with symbol keys", "JSON would drop them");
  for (const [key, child] of Object.entries(value)) visit(child, childPath(path, key), walk);
}

function childPath(path: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

function kindOf(value: object): string {
  const name: unknown = value.constructor?.name;
  if (value instanceof Date) return "a Date";
  return typeof name === "string" && name !== "" && name !== "Object"
    ? `an instance of ${name}`
    : "an object with toJSON";
}

function refuse(path: string, what: string, why: string): never {
  throw new PayloadNotSerializableError(
    `${path} is ${what}, which plain JSON cannot carry: ${why}. ` +
      "Push a plain value, give the task an `input` schema that reads it back, or the client a `serializer` such as superjson.",
    path,
  );
}
