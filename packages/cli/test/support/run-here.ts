import type { EmulatorOptions } from "@cloudtask/emulator";
import { parseFlags } from "../../src/args/parse-flags.ts";
import type { Config } from "../../src/config/config.ts";
import { emulatorCommand } from "../../src/emulator/emulator-command.ts";
import { emulatorOptions } from "../../src/emulator/emulator-options.ts";
import { runCommand } from "../../src/run-command.ts";

/** What a command that has ended leaves behind. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command that starts no emulator, in this process. */
export async function runHere(...args: readonly string[]): Promise<Ran> {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    paint: (_: string, text: string) => text,
  };
  const code = await runCommand(args, { terminal, process });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

/** What `cloudtask emulator` would tell `createEmulator`. */
export function optionsOf(args: readonly string[], config: Config = { options: {}, memory: false }): EmulatorOptions {
  return emulatorOptions(parseFlags(args, emulatorCommand.flags), config);
}
