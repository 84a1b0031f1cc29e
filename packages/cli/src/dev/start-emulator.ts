import type { Emulator } from "@cloudtask/emulator";
import { CommandFailure } from "../command-failure.ts";
import { type CommandContext, flagsOf } from "../command-line/command-spec.ts";
import { misspelledVariables, withEnvironment } from "../command-line/environment.ts";
import { GivenFlags } from "../command-line/given-flags.ts";
import type { Config } from "../config/config.ts";
import { emulatorCommand } from "../emulator/emulator-command.ts";
import { emulatorOptions } from "../emulator/emulator-options.ts";
import { startFailure } from "../emulator/start-failure.ts";
import { UsageError } from "../usage-error.ts";

/**
 * Starts the emulator that a command needs. Options that are not set have other defaults than those of `cloudtask emulator`.
 *
 * @throws CommandFailure if it cannot listen
 */
export async function startEmulator(
  given: GivenFlags,
  { process: { env }, terminal }: CommandContext,
  defaults: { readonly port?: string; readonly isInMemory?: boolean },
): Promise<Emulator> {
  const flags = withEnvironment(given, flagsOf(emulatorCommand), env);
  const config = await configOf(flags);
  const isStored = flags.has("data") || flags.has("memory") || config.options.dataDir !== undefined;
  const added = [
    ...(defaults.port !== undefined && !flags.has("port") && config.options.port === undefined
      ? [{ name: "port", value: defaults.port }]
      : []),
    ...(defaults.isInMemory && !isStored ? [{ name: "memory", value: "" }] : []),
  ];
  const options = emulatorOptions(new GivenFlags([...added, ...flags.entries], []), config);
  const { createEmulator } = await import("@cloudtask/emulator");
  try {
    const emulator = await createEmulator(options);
    for (const note of misspelledVariables(flagsOf(emulatorCommand), env)) terminal.err(note);
    return emulator;
  } catch (error) {
    const failure = startFailure(error, `${options.host ?? "127.0.0.1"}:${options.port ?? 0}`);
    if (error instanceof TypeError) throw new UsageError(failure, { cause: error });
    throw new CommandFailure(failure, { cause: error });
  }
}

/** Returns the variables by which the library and the clients of Google find the emulator. */
export function emulatorVariables({ host, project, location }: Emulator): NodeJS.ProcessEnv {
  return { CLOUD_TASKS_EMULATOR_HOST: host, GOOGLE_CLOUD_PROJECT: project, GOOGLE_CLOUD_LOCATION: location };
}

async function configOf(flags: GivenFlags): Promise<Config> {
  const file = flags.text("config");
  if (file === undefined) return { options: {}, memory: false };
  const { readConfig } = await import("../config/read-config.ts");
  return readConfig(file);
}
