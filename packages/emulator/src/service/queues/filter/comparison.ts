import type { DescField, DescMessage, Message } from "@bufbuild/protobuf";
import { fieldValue } from "../../field-value.ts";
import { invalidArgument } from "../../rpc-error.ts";
import type { Token } from "./filter-tokens.ts";
import { amountReader, isWellKnown } from "./filter-values.ts";

/** A comparison of a filter: `retry_config.max_attempts >= 10`. */
export interface Comparison {
  /** The full path of the field, in snake_case or camelCase and in any case. */
  readonly field: string;
  readonly operator: string;
  readonly value: Token;
}

const operators: Readonly<Record<string, (order: number) => boolean>> = {
  ":": (order) => order === 0,
  "=": (order) => order === 0,
  "!=": (order) => order !== 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

/**
 * Compiles a comparison. A field that is unset compares as zero.
 *
 * @returns undefined if there is no such operator
 * @throws RpcError if there is no such field, or the value does not fit it
 */
export function comparison(
  schema: DescMessage,
  { field, operator, value }: Comparison,
): ((queue: Message) => boolean) | undefined {
  const holds = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
  if (!holds) return undefined;
  const path = fieldsOf(schema, field);
  const last = path.at(-1);
  if (!last) return undefined;
  const read = (queue: Message): unknown => path.reduce<unknown>(fieldValue, queue);
  if (operator === ":" && value.kind === "word" && value.value === "*") return (queue) => isSet(read(queue));
  const isNested = last.fieldKind === "list" || last.fieldKind === "map";
  if (isNested || (last.fieldKind === "message" && !isWellKnown(last.message))) {
    throw invalidArgument(
      `Cannot match a nested type '${field}'. A member field of scalar or enum type must be provided.`,
    );
  }
  const amountOf = amountReader(last);
  if (!amountOf) return textTest(read, operator, value.value, holds);
  const expected = amountOf.parse(value);
  if (expected === undefined) throw invalidArgument(`The value '${value.value.toLowerCase()}' is of incorrect type.`);
  return (queue) => holds(amountOf.read(read(queue)) - expected);
}

function textTest(
  read: (queue: Message) => unknown,
  operator: string,
  expected: string,
  holds: (order: number) => boolean,
): (queue: Message) => boolean {
  const text = (queue: Message): string => String(read(queue) ?? "");
  if (operator === ":") return (queue) => text(queue).toLowerCase().includes(expected.toLowerCase());
  return (queue) => holds(order(text(queue), expected));
}

function order(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** The fields along a path. */
function fieldsOf(schema: DescMessage, path: string): readonly DescField[] {
  let parent: DescMessage | undefined = schema;
  return path.split(".").map((name) => {
    const field = parent?.fields.find((each) => plain(each.name) === plain(name));
    if (!field) throw invalidArgument(`Field not found: '${path}'.`);
    parent = field.fieldKind === "message" && !isWellKnown(field.message) ? field.message : undefined;
    return field;
  });
}

function plain(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}

/** Zeros and empty lists are unset. */
function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== 0 && value !== 0n && value !== "" && value !== false;
}
