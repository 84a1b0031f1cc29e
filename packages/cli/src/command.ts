import type { Flag } from "./args/flag.ts";
import type { GivenFlags } from "./args/parse-flags.ts";
import type { Terminal } from "./terminal.ts";

/** What a command works with. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly process: NodeJS.Process;
}

/** What `cloudtask NAME` does. */
export interface Command {
  readonly name: string;
  /** One line for `cloudtask --help`. */
  readonly summary: string;
  /** What `cloudtask NAME --help` prints. */
  readonly help: () => string;
  readonly flags: readonly Flag[];
  /** @returns the exit code. @throws UsageError for arguments that it cannot use */
  readonly run: (flags: GivenFlags, context: CommandContext) => Promise<number>;
}
