import { VERSION } from "cloudtask/internal";
import { unknownNameMessage } from "./args/closest-name.ts";
import { type Flag, helpFlag } from "./args/flag.ts";
import { helpText, twoColumns } from "./args/help-text.ts";
import { parseFlags } from "./args/parse-flags.ts";
import type { Command, CommandContext } from "./command.ts";
import { controlCommands } from "./control/control-command.ts";
import { emulatorCommand } from "./emulator/emulator-command.ts";
import { UsageError } from "./usage-error.ts";

const commands: readonly Command[] = [emulatorCommand, ...controlCommands];
const ownFlags: readonly Flag[] = [helpFlag, { name: "version", short: "v", help: "Show the version" }];

/** The exit code for invalid arguments. */
const WRONG_USAGE = 2;

/**
 * Runs `cloudtask`.
 *
 * @param args - the arguments after `cloudtask`
 * @returns the exit code: 0 for success, 1 for a failure, 2 for invalid arguments
 */
export async function runCommand(args: readonly string[], context: CommandContext): Promise<number> {
  const words = withoutWords(args);
  const [first, ...rest] = words;
  const command = commands.find(({ name }) => name === first);
  const called = command ? `cloudtask ${command.name}` : "cloudtask";
  try {
    return command ? await runOne(command, rest, context) : runBare(words, context);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    context.terminal.err(`${called}: ${error.message}\nTry: ${called} --help`);
    return WRONG_USAGE;
  }
}

/** Replaces `help [COMMAND]` and `version` by their options. */
function withoutWords(args: readonly string[]): readonly string[] {
  const [first, ...rest] = args;
  if (first === "version") return ["--version", ...rest];
  return first === "help" ? [...rest, "--help"] : args;
}

async function runOne(command: Command, args: readonly string[], context: CommandContext): Promise<number> {
  const flags = parseFlags(args, command.flags);
  if (!flags.has("help")) return command.run(flags, context);
  context.terminal.out(command.help());
  return 0;
}

function runBare(args: readonly string[], { terminal }: CommandContext): number {
  const [first] = args;
  if (first === undefined) {
    terminal.err(overview());
    return WRONG_USAGE;
  }
  if (!first.startsWith("-")) {
    throw new UsageError(
      unknownNameMessage("command", first, [...commands.map(({ name }) => name), "help", "version"]),
    );
  }
  const flags = parseFlags(args, ownFlags);
  terminal.out(flags.has("version") && !flags.has("help") ? VERSION : overview());
  return 0;
}

function overview(): string {
  return helpText({
    usage: "cloudtask <command> [options]",
    intro: ["Runs a Google Cloud Tasks emulator on this machine, and controls it."],
    groups: [{ title: "Options", flags: ownFlags }],
    outro: [
      "Commands:",
      ...commands.flatMap(({ name, summary }) => twoColumns(name, summary)),
      ...twoColumns("help [COMMAND]", "Show this help, or the options of a command"),
      ...twoColumns("version", "Show the version"),
      "",
      "Run cloudtask <command> --help for the options of a command.",
    ],
  });
}
