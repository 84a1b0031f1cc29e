import type { Terminal } from "../terminal.ts";
import type { Flag, FlagGroup } from "./flag.ts";
import type { GivenFlags } from "./given-flags.ts";

/** The environment of a command. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly process: NodeJS.Process;
  /** Registers a function that closes something when the command ends. Node 20 has no `using`. */
  readonly atEnd: (close: () => Promise<void>) => void;
}

/** Runs a command and resolves with its exit code. @throws UsageError for invalid arguments */
export type Run = (flags: GivenFlags, context: CommandContext) => Promise<number>;

/** An argument that is not an option. */
export interface ArgumentSpec {
  /** Its placeholder in the help, such as `QUEUE`. */
  readonly name: string;
  /** Completes the message if it is missing: `pass a duration such as 30s`. */
  readonly hint: string;
  readonly isOptional?: boolean;
  /** Whether the command rejects a call without it, with a better message than the hint. */
  readonly isCheckedLater?: boolean;
  /** Whether any number of arguments can follow. */
  readonly isVariadic?: boolean;
}

/** A command that runs: its name, help and options. The code that runs it is loaded when it is called. */
export interface CommandSpec {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** A paragraph above the options. Default: the summary. */
  readonly intro?: string;
  readonly args?: readonly ArgumentSpec[];
  readonly groups: readonly FlagGroup[];
  /** Whether each option can also be set by an environment variable. */
  readonly hasVariables?: boolean;
  /** Below the options: lines, and pairs in two columns. */
  readonly outro?: readonly (string | readonly [left: string, right: string])[];
  /** Whether arguments that begin with a dash belong to a command that is started. */
  readonly passesOptions?: boolean;
  readonly load: () => Promise<Run>;
}

/** Commands under one name, such as `queues`. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly CommandSpec[];
}

/** A command or a group of commands. */
export type CommandNode = CommandSpec | CommandGroup;

/** Returns all options of a command. */
export function flagsOf({ groups }: CommandSpec): readonly Flag[] {
  return groups.flatMap(({ flags }) => flags);
}
