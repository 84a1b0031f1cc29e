/** An option of a command, for its help and for parsing. */
export interface Flag {
  /** The name without dashes. */
  readonly name: string;
  /** The short name, one letter. */
  readonly short?: string;
  /** The name of an option that cannot be used together with this one. */
  readonly excludes?: string;
  /** Splits an environment variable into the values of a repeatable option. Other options have one value. */
  readonly split?: (text: string) => readonly string[];
  /** The placeholder of its value in the help. A switch has none. */
  readonly value?: string;
  /** Whether the option can be given without its value. */
  readonly isValueOptional?: boolean;
  /** Its explanation in the help, one or two sentences. */
  readonly help: string;
}

/** The environment variable of an option: `CLOUDTASK_ALLOWED_HOST` for `--allowed-host`. */
export function variableOf({ name }: Pick<Flag, "name">): string {
  return `CLOUDTASK_${name.toUpperCase().replaceAll("-", "_")}`;
}

/** Options under one title in the help. */
export interface FlagGroup {
  readonly title: string;
  readonly flags: readonly Flag[];
}
