import { CommanderError, type OutputConfiguration } from "commander";
import { UsageError } from "../usage-error.ts";
import { unknownNameMessage } from "../values/closest-name.ts";
import { type Act, buildCommand } from "./build-command.ts";
import type { CommandNode } from "./command-spec.ts";
import { StrictCommand } from "./strict-command.ts";

/** Fits into a terminal beside an editor, and into an issue without scrolling. */
const MAX_WIDTH = 100;

/** Each line fits into 80 columns. */
const HELP_END = `
Tasks fail or do not arrive? Begin with cloudtask queues list. In an emulator,
it shows what is wrong and the next command. cloudtask doctor checks the setup.

Commands act on Google Cloud, or on an emulator: set CLOUD_TASKS_EMULATOR_HOST,
or pass --emulator.

Run cloudtask <command> --help for the options of a command.`;

/** Options of `parseCall`. */
export interface ParseOptions {
  readonly nodes: readonly CommandNode[];
  readonly version: string;
  /** The width of the terminal. */
  readonly columns?: number | undefined;
  /** Prints text. */
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly act: Act;
}

/** The result of a call that ran no command: the help or the version was printed. */
export interface Printed {
  /** Whether the text was an answer to a call without a command, which is a mistake. */
  readonly isMistake: boolean;
}

/**
 * Parses a command line with commander, and calls `act` with the command and its options.
 *
 * @returns `undefined` if a command ran
 * @throws UsageError for arguments that the command does not accept
 */
export async function parseCall(args: readonly string[], options: ParseOptions): Promise<Printed | undefined> {
  checkNames(args, options.nodes);
  const { node } = commandOf(args.slice(0, 1), options.nodes);
  // The commands of commander take longer to create than the call of most commands. Only the help lists all of them.
  const program = createProgram(node ? { ...options, nodes: [node] } : options);
  try {
    await program.parseAsync([...args], { from: "user" });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.help") return { isMistake: true };
    if (error.exitCode === 0) return { isMistake: false };
    throw new UsageError(messageOf(error), { cause: error });
  }
}

/** Returns the command that the first arguments name, and its whole name. */
export function commandOf(
  args: readonly string[],
  nodes: readonly CommandNode[],
): { readonly node?: CommandNode; readonly called: string } {
  const [first, second] = args;
  const node = nodes.find(({ name }) => name === first);
  if (!node) return { called: "cloudtask" };
  const inner = "commands" in node ? node.commands.find(({ name }) => name === second) : undefined;
  const called = ["cloudtask", node.name, inner?.name].filter(Boolean).join(" ");
  return { node: inner ?? node, called };
}

function createProgram({ nodes, version, columns = MAX_WIDTH, out, err, act }: ParseOptions): StrictCommand {
  const program = new StrictCommand("cloudtask");
  const width = Math.min(columns, MAX_WIDTH);
  const output: OutputConfiguration = {
    writeOut: (text) => out(text.trimEnd()),
    writeErr: (text) => err(text.trimEnd()),
    outputError: () => undefined,
    getOutHelpWidth: () => width,
    getErrHelpWidth: () => width,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  };
  // Inherited only by commands that are added afterwards, so each gets it.
  const configure = (command: StrictCommand): void => {
    command.configureOutput(output);
    command.configureHelp({
      helpWidth: width,
      // Our placeholders are upper case, as those of gcloud.
      optionTerm: ({ flags }) => flags.replace(/<(.*)>/, "$1"),
      subcommandTerm: (each) => each.name(),
    });
    for (const each of command.commands) configure(each as StrictCommand);
  };
  program
    .usage("<command> [options]")
    .description(
      "Works with Google Cloud Tasks: an emulator on this machine, and queues and tasks there and in the cloud.",
    )
    .version(version, "-v, --version", "Show the version")
    .helpOption("-h, --help", "Show this help")
    .helpCommand(false)
    .enablePositionalOptions()
    .exitOverride()
    .addHelpText("after", HELP_END);
  program.stopsAtOperand = true;
  for (const node of nodes) program.addCommand(buildCommand(node, act));
  configure(program);
  return program;
}

/** Suggests a command for a misspelled one, also before --help. */
function checkNames(args: readonly string[], nodes: readonly CommandNode[]): void {
  const [first = "-", second = "-"] = args;
  if (first.startsWith("-")) return;
  const node = nodes.find(({ name }) => name === first);
  if (!node) throw new UsageError(unknownNameMessage("command", first, [...namesOf(nodes), "help", "version"]));
  if (!("commands" in node) || second.startsWith("-") || namesOf(node.commands).includes(second)) return;
  throw new UsageError(unknownNameMessage("command", second, namesOf(node.commands)));
}

function namesOf(nodes: readonly CommandNode[]): readonly string[] {
  return nodes.map(({ name }) => name);
}

function messageOf({ message }: CommanderError): string {
  return message
    .replace(/^error: /, "")
    .replace(/\s*\(Did you mean (.*)\?\)$/s, ", did you mean $1?")
    .replace(/^unknown option '([^']*)'/, "unknown option $1");
}
