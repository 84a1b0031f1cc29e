import { parseArgs } from "node:util";
import { UsageError } from "../usage-error.ts";
import { closestName } from "./closest-name.ts";
import type { Flag } from "./flag.ts";

type Token = NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number];
type OptionToken = Extract<Token, { readonly kind: "option" }>;

/** A value of an option. */
export interface FlagEntry {
  readonly name: string;
  readonly value: string;
  /** The environment variable that set it, if it was not an argument. */
  readonly variable?: string;
}

/** The options of a command line, in their order. */
export class ParsedFlags {
  readonly entries: readonly FlagEntry[];
  /** Arguments that are not options. */
  readonly positionals: readonly string[];

  constructor(entries: readonly FlagEntry[], positionals: readonly string[]) {
    this.entries = entries;
    this.positionals = positionals;
  }

  has(name: string): boolean {
    return this.entries.some((entry) => entry.name === name);
  }

  /** Returns the name of an option for messages: `--port`, or the environment variable that set it. */
  label(name: string): string {
    return this.entries.find((entry) => entry.name === name)?.variable ?? `--${name}`;
  }

  /** Returns the last value of an option. A caller can append an option to override the one in a script. */
  text(name: string): string | undefined {
    return this.all(name).at(-1);
  }

  all(name: string): readonly string[] {
    return this.entries.filter((entry) => entry.name === name).map(({ value }) => value);
  }
}

/**
 * Parses the arguments after the command's name.
 *
 * @throws UsageError for an unknown option, a missing value, a value that the option does not accept, or two options that
 *   exclude each other
 */
export function parseFlags(args: readonly string[], flags: readonly Flag[]): ParsedFlags {
  const options = Object.fromEntries(
    flags.map(({ name, short, value }) => [
      name,
      { type: value ? ("string" as const) : ("boolean" as const), multiple: true, ...(short ? { short } : {}) },
    ]),
  );
  // Not `strict`: its messages suggest no option.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const entries: FlagEntry[] = [];
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind === "option") entries.push({ name: token.name, value: readValue(token, flags) });
  }
  const parsed = new ParsedFlags(entries, positionals);
  const conflict = flags.find(
    ({ name, excludes }) => excludes !== undefined && parsed.has(name) && parsed.has(excludes),
  );
  if (!conflict) return parsed;
  throw new UsageError(`--${conflict.name} and --${conflict.excludes} cannot be used together; remove one of them`);
}

function readValue(token: OptionToken, flags: readonly Flag[]): string {
  const { rawName, value, inlineValue } = token;
  const flag = flags.find(({ name }) => name === token.name);
  if (!flag) throw unknownOption(rawName, flags);
  if (!flag.value) {
    if (value === undefined) return "";
    throw new UsageError(`${rawName} does not accept a value; received ${JSON.stringify(value)}`);
  }
  if (value === undefined || value === "") throw new UsageError(`${rawName} needs a value: ${rawName} ${flag.value}`);
  if (!inlineValue && value.startsWith("-") && value.length > 1) {
    throw new UsageError(
      `${rawName} needs a value, but ${value} looks like an option; to pass it as the value, write ${rawName}=${value}`,
    );
  }
  return value;
}

function unknownOption(rawName: string, flags: readonly Flag[]): UsageError {
  const names = flags.map(({ name }) => name);
  const meant = rawName.startsWith("--") ? closestName(rawName.slice(2), names) : undefined;
  return new UsageError(`unknown option ${rawName}${meant === undefined ? "" : `, did you mean --${meant}?`}`);
}
