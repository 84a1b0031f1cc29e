import type { Emulator, EmulatorOptions } from "@cloudtask/emulator";
import type { Run } from "../command-line/command-spec.ts";
import { misspelledVariables, withEnvironment } from "../command-line/environment.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import type { Config } from "../config/config.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { type AttemptView, attemptLine, nameTakenLine, queueNotFoundLine } from "./attempt-line.ts";
import { emulatorFlags } from "./emulator-flags.ts";
import { emulatorOptions } from "./emulator-options.ts";
import { startFailure } from "./start-failure.ts";
import { hostMismatchNote, startJson, startText, stopText } from "./start-text.ts";
import { stopRequested } from "./stop-signals.ts";

/** The exit code of a command that Ctrl-C has ended. */
const INTERRUPTED = 130;

const settings = emulatorFlags.flatMap(({ flags }) => flags);

/** The number of missing queues to print. */
const MAX_MISSING_QUEUES = 100;

const noConfig: Config = { options: {}, memory: false };

/** Runs the emulator until a signal stops it. */
export const runEmulator: Run = async (given, { terminal, process }) => {
  const flags = withEnvironment(given, settings, process.env);
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
};

/** Loads the YAML parser only if there is a file. */
async function configOf(flags: GivenFlags): Promise<Config> {
  const file = flags.text("config");
  if (file === undefined) return noConfig;
  const { readConfig } = await import("../config/read-config.ts");
  return readConfig(file);
}

async function start(options: EmulatorOptions, flags: GivenFlags, terminal: Terminal): Promise<Emulator | undefined> {
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
