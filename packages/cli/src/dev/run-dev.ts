import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Emulator } from "@cloudtask/emulator";
import type { CommandContext, Run } from "../command-line/command-spec.ts";
import { attemptLine } from "../emulator/attempt-line.ts";
import { stopRequested } from "../emulator/stop-signals.ts";
import type { Terminal } from "../terminal.ts";
import { type Child, signalChild, startChild } from "./child-process.ts";
import { emulatorVariables, startEmulator } from "./start-emulator.ts";

/** The delay before a command that ended is started again, doubled up to the maximum if it ends at once again. */
const RESTART_MS = 500;
const MAX_RESTART_MS = 10_000;
/** A command that ran for so long did not fail at its start. */
const STABLE_MS = 5_000;
/** The time that a command has to end after Ctrl-C. */
const STOP_MS = 10_000;

/** `cloudtask dev`. */
export const runDev: Run = async (flags, context) => {
  const { terminal, process } = context;
  const now = (): number => performance.now();
  let current: Child | undefined;
  const quit = (): void => {
    if (current) signalChild(current, "SIGKILL");
    process.exit(130);
  };
  const stopped = stopRequested({ source: process, now, quit });
  const emulator = await startEmulator(flags, context, {});
  logEmulator(emulator, terminal);
  try {
    const env = { ...process.env, ...emulatorVariables(emulator) };
    await keepRunning(flags.positionals, env, { stopped, terminal, onStart: (child) => (current = child) });
  } finally {
    await emulator.close();
  }
  emulatorLog(terminal)("stopped");
  return 0;
};

interface Supervision {
  readonly stopped: Promise<void>;
  readonly terminal: Terminal;
  readonly onStart: (child: Child) => void;
}

/** Runs a command, and again when it ends, until a stop is requested. */
async function keepRunning(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  { stopped, terminal, onStart }: Supervision,
): Promise<void> {
  let delayMs = RESTART_MS;
  const stop = stopped.then(() => "stop" as const);
  for (;;) {
    const startedAt = performance.now();
    const child = startChild(command, { env, stdio: ["ignore", "pipe", "pipe"], isGroup: true });
    onStart(child);
    logLines(child, terminal);
    const ended = await Promise.race([stop, child.ended]);
    if (ended === "stop") return stopChild(child);
    if (performance.now() - startedAt > STABLE_MS) delayMs = RESTART_MS;
    workerLog(terminal)(`ended with exit code ${ended.code}; starts again in ${delayMs / 1_000} s`);
    if ((await Promise.race([stop, sleep(delayMs)])) === "stop") return;
    delayMs = Math.min(delayMs * 2, MAX_RESTART_MS);
  }
}

async function stopChild(child: Child): Promise<void> {
  signalChild(child, "SIGTERM");
  const timer = setTimeout(() => signalChild(child, "SIGKILL"), STOP_MS);
  await child.ended.finally(() => clearTimeout(timer));
}

function logLines({ process: child }: Child, terminal: Terminal): void {
  const log = workerLog(terminal);
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream as Readable }).on("line", log);
  }
}

function logEmulator(emulator: Emulator, terminal: Terminal): void {
  const log = emulatorLog(terminal);
  log(`listens on ${emulator.url}, CLOUD_TASKS_EMULATOR_HOST=${emulator.host}`);
  log(`dashboard: ${emulator.url}/`);
  const prefix = `projects/${emulator.project}/locations/${emulator.location}/queues/`;
  emulator.on("attempt", (event) => {
    const view = { paint: terminal.paint, prefix, hasDate: emulator.clockOffsetMs !== 0 };
    if (event.phase === "finished") log(attemptLine(event, view));
  });
}

function emulatorLog({ out, paint }: Terminal): (line: string) => void {
  return (line) => out(`${paint("dim", "emulator |")} ${line}`);
}

function workerLog({ out, paint }: CommandContext["terminal"]): (line: string) => void {
  return (line) => out(`${paint("strong", "worker   |")} ${line}`);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
