import { printable, printableText } from "./printable.ts";
import type { Redact } from "./redact.ts";

/** The longest text of an error in a message, in characters. */
const MAX_LENGTH = 500;

/** The part of a text that is searched for secrets, in characters. It is longer, so no part of a secret remains at its end. */
const MAX_SEARCHED = 10_000;

/** Credentials by their form. Each pattern takes linear time: no part of a match can be the start of another long match. */
const CREDENTIALS: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic) +[\w.~+/=-]{8,}/gi, "$1 [secret]"],
  [/(:\/\/[^\s/:@]*:)[^\s/@]+@/g, "$1[secret]@"],
  [/\b(password|passwd|secret|token|api[_-]?key)=[^\s&;,"']+/gi, "$1=[secret]"],
];

/** The number of causes that a text or a stack contains. A chain of causes can be a cycle. */
const MAX_CAUSES = 3;

/**
 * Formats an error, with its causes, for a log line or an answer: on one line, shortened. A thrown value that is not an `Error`
 * is formatted as JSON. Bearer tokens, passwords in URLs and `password=` pairs are replaced with `[secret]`.
 *
 * @param redact - removes the client's secrets
 *
 * @example
 * ```ts
 * errorText(new Error("no order", { cause: new Error("connection refused") }), redact); // no order (cause: connection refused)
 * ```
 */
export function errorText(error: unknown, redact: Redact): string {
  const [text = "", ...causes] = chainOf(error).map(ownText);
  const added = causes.filter((cause) => !text.includes(cause)).map((cause) => ` (cause: ${cause})`);
  const whole = redact((text + added.join("")).slice(0, MAX_SEARCHED));
  return printableText(
    CREDENTIALS.reduce((masked, [pattern, mask]) => masked.replace(pattern, mask), whole),
    MAX_LENGTH,
  );
}

/** Returns the stack of an error and of its causes, or `undefined` if the value is not an `Error`. */
export function errorStack(error: unknown): string | undefined {
  if (!isError(error)) return undefined;
  const stacks = chainOf(error).map((each) => (isError(each) && each.stack) || ownText(each));
  return stacks.join("\ncaused by: ");
}

/** Checks for an error, even of another realm: a test runner may run the handler in a context of its own. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

function chainOf(error: unknown): readonly unknown[] {
  const chain = [error];
  for (let at = error; chain.length <= MAX_CAUSES && isError(at) && at.cause !== undefined; at = at.cause) {
    chain.push(at.cause);
  }
  return chain;
}

/**
 * Returns the text of one error, without its causes. An `AggregateError` of Node's sockets has no message, only errors and a
 * code.
 */
function ownText(error: unknown): string {
  if (typeof error === "string") return error;
  if (!isError(error)) return jsonText(error);
  if (error.message !== "") return String(error.message);
  const { errors, code } = error as { readonly errors?: unknown; readonly code?: unknown };
  const [first] = Array.isArray(errors) ? errors.filter(isError) : [];
  return first?.message || (typeof code === "string" && code) || error.name;
}

function jsonText(value: unknown): string {
  try {
    return printable(value);
  } catch {
    // A BigInt or a cycle is not JSON.
    return typeof value === "bigint" ? `${value}n` : Object.prototype.toString.call(value);
  }
}
