/** A value of an option. */
export interface FlagEntry {
  readonly name: string;
  readonly value: string;
  /** The environment variable that set it, if it was not an argument. */
  readonly variable?: string;
}

/** The options and arguments of a call. */
export class GivenFlags {
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
