import { errorMessage, printableText, VERSION } from "cloudtask/internal";
import type { CommandContext } from "./command-line/command-spec.ts";
import { commandOf, parseCall } from "./command-line/parse-call.ts";
import { commands } from "./commands.ts";
import { UsageError } from "./usage-error.ts";

/** The exit code for invalid arguments. */
const WRONG_USAGE = 2;

/** The exit code of a command that failed. */
const FAILED = 1;

/**
 * Runs `cloudtask`.
 *
 * @param args - the arguments after `cloudtask`
 * @returns the exit code: 0 for success, 1 for a failure, 2 for invalid arguments, 3 for a plan with changes
 */
export async function runCommand(args: readonly string[], context: Omit<CommandContext, "atEnd">): Promise<number> {
  if (args[0] === "complete" && args[1] === "--") {
    const { complete } = await import("./completion/complete.ts");
    complete(args.slice(2), commands);
    return 0;
  }
  const words = withoutWords(args);
  const { called } = commandOf(words, commands);
  const { terminal } = context;
  const closers: (() => Promise<void>)[] = [];
  let code = 0;
  try {
    const printed = await parseCall(words, {
      nodes: commands,
      version: VERSION,
      columns: terminal.columns,
      out: terminal.out,
      err: terminal.err,
      act: async (spec, flags) => {
        const run = await spec.load();
        code = await run(flags, { ...context, atEnd: (close) => void closers.push(close) });
      },
    });
    return printed?.isMistake ? WRONG_USAGE : code;
  } catch (error) {
    if (error instanceof UsageError || isInvalidArgument(error)) {
      terminal.err(`${called}: ${error.message}\nTry: ${called} --help`);
      return WRONG_USAGE;
    }
    if (!isReported(error)) throw error;
    terminal.err(`${called}: ${printableText(errorMessage(error), 4_000)}`);
    return FAILED;
  } finally {
    await Promise.allSettled(closers.map((close) => close()));
  }
}

/** Whether the library rejected an argument, such as the name of a queue. */
function isInvalidArgument(error: unknown): error is TypeError {
  return (
    error instanceof TypeError && /^(?:Could not |admin\.|createAdmin\(\)|client\.|CloudTaskClient)/.test(error.message)
  );
}

/** Whether the message of an error is meant for the user. Other errors are bugs, whose stack is needed. */
function isReported(error: unknown): boolean {
  return error instanceof Error && (error.name === "CommandFailure" || "code" in error);
}

/** Replaces `help [COMMAND]` and `version` by their options. */
function withoutWords(args: readonly string[]): readonly string[] {
  const [first, ...rest] = args;
  if (first === "version") return ["--version", ...rest];
  return first === "help" ? [...rest, "--help"] : args;
}
