import { parseArgs } from "node:util";
import { UsageError } from "../usage-error.ts";
import type { Flag } from "./flag.ts";
import { nearest } from "./nearest.ts";

type Token = NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number];
type OptionToken = Extract<Token, { readonly kind: "option" }>;

/** The options that were given, in their order. */
export class GivenFlags {
  readonly #given: readonly (readonly [name: string, value: string])[];
  /** What is no option. */
  readonly positionals: readonly string[];

  constructor(given: readonly (readonly [name: string, value: string])[], positionals: readonly string[]) {
    this.#given = given;
    this.positionals = positionals;
  }

  has(name: string): boolean {
    return this.#given.some(([given]) => given === name);
  }

  /** Of an option that is given twice the last one counts, so that a script's options can be overridden by adding to them. */
  text(name: string): string | undefined {
    return this.all(name).at(-1);
  }

  all(name: string): readonly string[] {
    return this.#given.filter(([given]) => given === name).map(([, value]) => value);
  }

  /** Which of several options that exclude each other was given last. */
  lastOf<N extends string>(...names: readonly N[]): N | undefined {
    const last = this.#given.findLast(([given]) => names.some((name) => name === given));
    return names.find((name) => name === last?.[0]);
  }
}

/**
 * @param args - what follows the command
 * @param flags - what the command knows
 * @throws UsageError for an option that is unknown, lacks its value, or has one that it does not take
 */
export function parseFlags(args: readonly string[], flags: readonly Flag[]): GivenFlags {
  const options = Object.fromEntries(
    flags.map(({ name, short, value }) => [
      name,
      { type: value ? ("string" as const) : ("boolean" as const), multiple: true, ...(short ? { short } : {}) },
    ]),
  );
  // Not `strict`, whose messages know neither what there is nor what was meant.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const given: [string, string][] = [];
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind === "option") given.push([token.name, readValue(token, flags)]);
  }
  return new GivenFlags(given, positionals);
}

function readValue(token: OptionToken, flags: readonly Flag[]): string {
  const { rawName, value, inlineValue } = token;
  const flag = flags.find(({ name }) => name === token.name);
  if (!flag) throw unknownOption(rawName, flags);
  if (!flag.value) {
    if (value === undefined) return "";
    throw new UsageError(`${rawName} takes no value; received ${JSON.stringify(value)}`);
  }
  if (value === undefined || value === "") throw new UsageError(`${rawName} needs a value: ${rawName} ${flag.value}`);
  if (!inlineValue && value.startsWith("-") && value.length > 1) {
    throw new UsageError(
      `${rawName} needs a value, and ${value} looks like an option; if it is the value, write ${rawName}=${value}`,
    );
  }
  return value;
}

function unknownOption(rawName: string, flags: readonly Flag[]): UsageError {
  const names = flags.map(({ name }) => name);
  const meant = rawName.startsWith("--") ? nearest(rawName.slice(2), names) : undefined;
  return new UsageError(`unknown option ${rawName}${meant === undefined ? "" : `; did you mean --${meant}?`}`);
}
