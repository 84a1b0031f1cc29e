import { Readable } from "node:stream";
import type { EmulatorOptions } from "@cloudtask/emulator";
import { flagsOf } from "../../src/command-line/command-spec.ts";
import { withEnvironment } from "../../src/command-line/environment.ts";
import type { Config } from "../../src/config/config.ts";
import { emulatorCommand } from "../../src/emulator/emulator-command.ts";
import { emulatorOptions } from "../../src/emulator/emulator-options.ts";
import { runCommand } from "../../src/run-command.ts";
import { parseLine } from "./parse-line.ts";

/** The exit code and output of a command. */
export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command in this process. Not for `cloudtask emulator`, which runs until a signal. */
export async function runHere(...args: readonly string[]): Promise<CommandResult> {
  return runWith({}, ...args);
}

/** The variables of gcloud on this machine must not matter, nor an emulator of the developer. */
const CLEAN = { CLOUDSDK_CONFIG: "/nonexistent", GOOGLE_CLOUD_PROJECT: "", CLOUD_TASKS_EMULATOR_HOST: "" };

/** Runs a command in this process, with a text on its stdin. */
export async function runWithInput(input: string, ...args: readonly string[]): Promise<CommandResult> {
  return run({ stdin: { value: Readable.from([Buffer.from(input)]) } }, {}, args);
}

/** Runs a command in this process, with other environment variables. */
export async function runWith(env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<CommandResult> {
  return run({}, env, args);
}

async function run(
  properties: PropertyDescriptorMap,
  env: NodeJS.ProcessEnv,
  args: readonly string[],
): Promise<CommandResult> {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    paint: (_: string, text: string) => text,
    columns: undefined,
    isInteractive: false,
    ask: async () => "",
    progress: () => undefined,
  };
  const inProcess: NodeJS.Process = Object.create(process, {
    env: { value: { ...process.env, ...CLEAN, ...env } },
    ...properties,
  });
  const code = await runCommand(args, { terminal, process: inProcess });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

/** Returns the options that `cloudtask emulator` passes to `createEmulator`. */
export async function optionsOf(
  args: readonly string[],
  config: Config = { options: {}, memory: false },
  env: NodeJS.ProcessEnv = {},
): Promise<EmulatorOptions> {
  const { flags } = await parseLine(["emulator", ...args], [emulatorCommand]);
  return emulatorOptions(withEnvironment(flags, flagsOf(emulatorCommand), env), config);
}
