import type { Emulator, EmulatorOptions } from "@cloudtask/emulator";
import type { GivenFlags } from "../args/parse-flags.ts";
import type { Command, CommandContext } from "../command.ts";
import type { Config } from "../config/config.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { attemptLine } from "./attempt-line.ts";
import { emulatorFlags, emulatorHelp } from "./emulator-flags.ts";
import { emulatorOptions } from "./emulator-options.ts";
import { startFailure } from "./start-failure.ts";
import { elsewhereText, startJson, startText, stopText } from "./start-text.ts";
import { stopRequested } from "./stop-signals.ts";

/** What a shell reports for a command that Ctrl-C has ended. */
const INTERRUPTED = 130;

const noConfig: Config = { options: {}, memory: false };

/** `cloudtask emulator`: runs until a signal stops it. */
export const emulatorCommand: Command = {
  name: "emulator",
  summary: "Run an emulator of Google Cloud Tasks on this machine",
  help: emulatorHelp,
  flags: emulatorFlags.flatMap(({ flags }) => flags),
  run,
};

async function run(flags: GivenFlags, { terminal, process }: CommandContext): Promise<number> {
  const [unexpected] = flags.positionals;
  if (unexpected !== undefined) {
    throw new UsageError(`unexpected argument ${JSON.stringify(unexpected)}; every option begins with --`);
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
  const note = elsewhereText(process.env.CLOUD_TASKS_EMULATOR_HOST, emulator.host);
  if (note !== undefined && !isQuiet) terminal.err(note);
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

/** Files are read by a module of its own, which only those who have one need to load. */
async function configOf(flags: GivenFlags): Promise<Config> {
  const file = flags.text("config");
  if (file === undefined) return noConfig;
  const { readConfig } = await import("../config/read-config.ts");
  return readConfig(file);
}

async function start(options: EmulatorOptions, flags: GivenFlags, terminal: Terminal): Promise<Emulator | undefined> {
  // Loaded only now, so that the help and a mistake in an option are answered at once.
  const { createEmulator } = await import("@cloudtask/emulator");
  try {
    return await createEmulator(options);
  } catch (error) {
    const failure = startFailure(error, placeOf(options));
    if (isRefusal(error)) throw new UsageError(failure, { cause: error });
    terminal.err(`cloudtask emulator: ${failure}`);
    if (flags.has("verbose") && error instanceof Error) terminal.err(String(error.stack));
    return undefined;
  }
}

/** Whether it is an option that `createEmulator` does not take, and no mistake of its own. */
function isRefusal(error: unknown): boolean {
  return error instanceof TypeError && error.message.startsWith("createEmulator: ");
}

function showAttempts(emulator: Emulator, dataDir: string | undefined, isVerbose: boolean, terminal: Terminal): void {
  const { paint } = terminal;
  terminal.out(startText(emulator, dataDir, paint));
  const prefix = `projects/${emulator.project}/locations/${emulator.location}/queues/`;
  emulator.on("attempt", (event) => {
    if (isVerbose || event.phase === "finished") terminal.out(attemptLine(event, { paint, prefix }));
  });
}

function placeOf({ host = "127.0.0.1", port = 0 }: EmulatorOptions): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
