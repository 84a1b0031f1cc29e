const SERIALIZER = "set the client option `serializer`, for example to superjson";

/** Describes a value for a message: `a Date`, `an instance of Money`, `NaN`. */
export function kindOf(value: unknown): string {
  if (typeof value === "bigint") return "a BigInt";
  if (typeof value === "number" || value === undefined) return String(value);
  if (typeof value !== "object" || value === null) return `a ${typeof value}`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : "a Date";
  const name: unknown = value.constructor?.name;
  if (typeof name === "string" && name !== "" && name !== "Object") return `an instance of ${name}`;
  return "toJSON" in value ? "an object with toJSON" : "an object that inherits from another";
}

/** The remedies for objects of these kinds. */
const BY_KIND: Readonly<Record<string, string>> = {
  "a cycle": `Push ids instead of references, or ${SERIALIZER}.`,
  "an array with properties of its own": "Leave them out.",
  "an object with symbol keys": "Use strings as keys.",
  "an invalid Date": "Push null, or a valid Date.",
  "a Date": `Push a string, add an \`input\` schema such as z.coerce.date(), or ${SERIALIZER}.`,
  "a BigInt": `Push a string, add an \`input\` schema such as z.coerce.bigint(), or ${SERIALIZER}.`,
  undefined: "Push null, or leave it out.",
  "a function": "Leave it out.",
  "a symbol": "Leave it out.",
};

/** Returns the sentence that states what to do with a value that JSON cannot represent. */
export function remedyFor(
  value: unknown,
  { kind, hasSchema }: { readonly kind: string; readonly hasSchema: boolean },
): string {
  const remedy = BY_KIND[kind];
  if (remedy !== undefined) return remedy;
  if (typeof value === "number") return `Push null or a string, or ${SERIALIZER}.`;
  if (value instanceof Map || value instanceof Set) {
    const name = value instanceof Map ? "Map" : "Set";
    const how = hasSchema ? "let the `input` schema transform it back" : `create the ${name} in the handler`;
    return `Push an array of its entries ([...value]) and ${how}, or ${SERIALIZER}.`;
  }
  if (hasSchema) return `Push a plain object, add a toJSON() to the class, or ${SERIALIZER}.`;
  return `Push a plain value, add an \`input\` schema that accepts its JSON, or ${SERIALIZER}.`;
}

/**
 * Checks for an instance of a class that keeps its state in fields, such as an entity of an ORM. Built-in classes, such as Map, have
 * a tag of their own, and a class with private fields only has no keys.
 */
export function isFieldInstance(value: object): boolean {
  return Object.prototype.toString.call(value) === "[object Object]" && Object.keys(value).length > 0;
}

/** Checks whether the prototype of an object is Object.prototype or null: it then inherits nothing that JSON would lose. */
export function isPlain(value: object): boolean {
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
export function isPlainArray(values: readonly unknown[]): boolean {
  const prototype: object | null = Object.getPrototypeOf(values);
  return prototype === null || (Array.isArray(prototype) && isPlain(prototype));
}
