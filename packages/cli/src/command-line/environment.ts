import { UsageError } from "../usage-error.ts";
import { closestName } from "../values/closest-name.ts";
import { type Flag, variableOf } from "./flag.ts";
import { type FlagEntry, GivenFlags } from "./given-flags.ts";

const SWITCH_VALUES: Readonly<Record<string, boolean>> = {
  true: true,
  "1": true,
  yes: true,
  on: true,
  false: false,
  "0": false,
  no: false,
  off: false,
};

/**
 * Adds the options that environment variables set, such as `CLOUDTASK_PORT` for `--port`. The command line takes precedence: a
 * variable is ignored if its option, or one that excludes it, is an argument. An empty variable counts as not set.
 *
 * @throws UsageError for a switch that is neither true nor false
 */
export function withEnvironment(given: GivenFlags, flags: readonly Flag[], env: NodeJS.ProcessEnv): GivenFlags {
  const isArgument = (name: string | undefined): boolean => name !== undefined && given.has(name);
  const found = flags.flatMap((flag) => {
    const excludedBy = flags.find(({ excludes }) => excludes === flag.name)?.name;
    const isIgnored = [flag.name, flag.excludes, excludedBy].some(isArgument);
    return isIgnored ? [] : entriesOf(flag, env[variableOf(flag)]?.trim() ?? "");
  });
  const isSet = (name: string): boolean => found.some((entry) => entry.name === name);
  const excluded = new Set(flags.flatMap(({ name, excludes = "" }) => (isSet(name) ? [excludes] : [])));
  return new GivenFlags([...found.filter(({ name }) => !excluded.has(name)), ...given.entries], given.positionals);
}

/** Returns a note for each variable that is probably misspelled, because it resembles the variable of an option. */
export function misspelledVariables(flags: readonly Flag[], env: NodeJS.ProcessEnv): string[] {
  const known = flags.map(variableOf);
  return Object.keys(env)
    .filter((name) => name.startsWith("CLOUDTASK_") && !known.includes(name))
    .flatMap((name) => {
      const meant = closestName(
        name.slice("CLOUDTASK_".length),
        flags.map((flag) => variableOf(flag).slice("CLOUDTASK_".length)),
      );
      return meant === undefined ? [] : [`note: ${name} is not read, did you mean CLOUDTASK_${meant}?`];
    });
}

/** Splits values at commas and line breaks. */
export function splitList(text: string): readonly string[] {
  return text
    .split(/[,\r\n]+/)
    .map((part) => part.trim())
    .filter(Boolean);
}

function entriesOf(flag: Flag, text: string): FlagEntry[] {
  if (text === "") return [];
  const { name, value, split } = flag;
  const variable = variableOf(flag);
  if (value === undefined) return isOn(text, variable) ? [{ name, value: "", variable }] : [];
  return (split?.(text) ?? [text]).map((each) => ({ name, value: each, variable }));
}

function isOn(text: string, variable: string): boolean {
  const isTrue = SWITCH_VALUES[text.toLowerCase()];
  if (isTrue !== undefined) return isTrue;
  throw new UsageError(`${variable}: expected true or false; received ${JSON.stringify(text)}`);
}
