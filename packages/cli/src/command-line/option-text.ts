import type { GivenFlags } from "./given-flags.ts";

/** Repeats options of a call, for a command to copy. */
export function optionText(flags: GivenFlags, names: readonly string[]): string {
  return names
    .flatMap((name) => flags.all(name).map((value) => ` --${name}${value === "" ? "" : `=${quoted(value)}`}`))
    .join("");
}

/** Quotes a value for a POSIX shell, if it needs quotes. */
function quoted(value: string): string {
  return /^[\w.,:/@%+-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
