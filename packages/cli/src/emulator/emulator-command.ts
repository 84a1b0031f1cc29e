import type { Emulator, EmulatorOptions } from "@cloudtask/emulator";
import { misspelledVariables, withEnvironment } from "../args/environment-flags.ts";
import type { ParsedFlags } from "../args/parse-flags.ts";
import type { Command, CommandContext } from "../command.ts";
import type { Config } from "../config/config.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { type AttemptView, attemptLine, nameTakenLine, queueNotFoundLine } from "./attempt-line.ts";
import { emulatorFlags, emulatorHelp } from "./emulator-flags.ts";
import { emulatorOptions } from "./emulator-options.ts";
import { startFailure } from "./start-failure.ts";
import { hostMismatchNote, startJson, startText, stopText } from "./start-text.ts";
import { stopRequested } from "./stop-signals.ts";

/** The exit code of a command that Ctrl-C has ended. */
const INTERRUPTED = 130;

/** The options that environment variables can set. */
const settings = emulatorFlags.flatMap(({ flags }) => flags).filter(({ name }) => name !== "help");

/** The number of missing queues to print. */
const MAX_MISSING_QUEUES = 100;

const noConfig: Config = { options: {}, memory: false };

/** `cloudtask emulator`: runs until a signal stops it. */
export const emulatorCommand: Command = {
  name: "emulator",
  summary: "Run a Google Cloud Tasks emulator on this machine",
  help: emulatorHelp,
  flags: emulatorFlags.flatMap(({ flags }) => flags),
  run: (flags, context) => run(withEnvironment(flags, settings, context.process.env), context),
};

async function run(flags: ParsedFlags, { terminal, process }: CommandContext): Promise<number> {
  const [unexpected] = flags.positionals;
  if (unexpected !== undefined) {
    throw new UsageError(`unexpected argument ${JSON.stringify(unexpected)}; options begin with --`);
  }
  const options = emulatorOptions(flags, await configOf(flags));
  const now = (): number => performance.now();
  const stopped = stopRequested({ source: process, now, quit: () => process.exit(INTERRUPTED) });
  const emulator = await start(options, flags, terminal);
  if (!emulator) return 1;
  const isQuiet = flags.has("quiet");
  const { dataDir } = options;
  if (flags.has("json")) terminal.out(startJson(emulator, dataDir));
  else if (!isQuiet) showAttempts(emulator, dataDir, flags.has("verbose"), terminal);
  const note = hostMismatchNote(process.env.CLOUD_TASKS_EMULATOR_HOST, emulator.host);
  const notes = [...misspelledVariables(settings, process.env), ...(note === undefined ? [] : [note])];
  if (!isQuiet) for (const each of notes) terminal.err(each);
  const failure = await Promise.race([stopped, emulator.failed]);
  const problem = await emulator.close().then(
    () => failure,
    (error: Error) => failure ?? error,
  );
  if (problem) {
    terminal.err(`cloudtask emulator: ${problem.message}`);
    return 1;
  }
  if (!flags.has("json") && !isQuiet) terminal.out(stopText(dataDir));
  return 0;
}

/** Loads the YAML parser only if there is a file. */
async function configOf(flags: ParsedFlags): Promise<Config> {
  const file = flags.text("config");
  if (file === undefined) return noConfig;
  const { readConfig } = await import("../config/read-config.ts");
  return readConfig(file);
}

async function start(options: EmulatorOptions, flags: ParsedFlags, terminal: Terminal): Promise<Emulator | undefined> {
  // Loaded late, so the help and invalid options are answered at once.
  const { createEmulator } = await import("@cloudtask/emulator");
  try {
    return await createEmulator(options);
  } catch (error) {
    const failure = startFailure(error, addressOf(options));
    if (isInvalidOption(error)) throw new UsageError(failure, { cause: error });
    terminal.err(`cloudtask emulator: ${failure}`);
    if (flags.has("verbose") && error instanceof Error) terminal.err(String(error.stack));
    return undefined;
  }
}

/** Checks whether `createEmulator` rejected an option. */
function isInvalidOption(error: unknown): boolean {
  return error instanceof TypeError && error.message.startsWith("createEmulator: ");
}

function showAttempts(emulator: Emulator, dataDir: string | undefined, isVerbose: boolean, terminal: Terminal): void {
  const { paint } = terminal;
  terminal.out(startText(emulator, dataDir, paint));
  const prefix = `projects/${emulator.project}/locations/${emulator.location}/queues/`;
  const view = (): AttemptView => ({ paint, prefix, hasDate: emulator.clockOffsetMs !== 0 });
  emulator.on("attempt", (event) => {
    if (isVerbose || event.phase === "finished") terminal.out(attemptLine(event, view()));
  });
  emulator.on("nameTaken", (event) => terminal.out(nameTakenLine(event, view())));
  const missing = new Set<string>();
  emulator.on("queueNotFound", (event) => {
    // Once for each name: clients repeat their calls.
    if (missing.has(event.queue) || missing.size >= MAX_MISSING_QUEUES) return;
    missing.add(event.queue);
    terminal.out(queueNotFoundLine(event, view()));
  });
}

function addressOf({ host = "127.0.0.1", port = 0 }: EmulatorOptions): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
