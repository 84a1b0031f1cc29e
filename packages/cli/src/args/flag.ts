/** An option of a command, as the help shows it and as arguments are read. */
export interface Flag {
  /** Without the dashes. */
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** What stands for its value in the help; left out for a switch. */
  readonly value?: string;
  /** What it does, in one or two sentences. */
  readonly help: string;
}

/** Options that belong together. */
export interface FlagGroup {
  readonly title: string;
  readonly flags: readonly Flag[];
}

/** What every command has. */
export const helpFlag: Flag = { name: "help", short: "h", help: "Show this" };
