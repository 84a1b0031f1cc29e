import type { Flag } from "./args/flag.ts";
import type { ParsedFlags } from "./args/parse-flags.ts";
import type { Terminal } from "./terminal.ts";

/** The environment of a command. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly process: NodeJS.Process;
}

/** A subcommand of `cloudtask`. */
export interface Command {
  readonly name: string;
  /** One line for `cloudtask --help`. */
  readonly summary: string;
  /** Returns the text of `cloudtask NAME --help`. */
  readonly help: () => string;
  readonly flags: readonly Flag[];
  /** Runs the command and resolves with its exit code. @throws UsageError for invalid arguments */
  readonly run: (flags: ParsedFlags, context: CommandContext) => Promise<number>;
}
