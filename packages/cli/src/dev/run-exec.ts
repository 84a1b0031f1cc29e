import type { Run } from "../command-line/command-spec.ts";
import { startChild } from "./child-process.ts";
import { emulatorVariables, startEmulator } from "./start-emulator.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** `cloudtask exec`. */
export const runExec: Run = async (flags, context) => {
  const { process } = context;
  const emulator = await startEmulator(flags, context, { port: "0", isInMemory: true });
  const child = startChild(flags.positionals, {
    env: { ...process.env, ...emulatorVariables(emulator) },
    stdio: "inherit",
  });
  // The terminal sends Ctrl-C to the command too. Others send the signal only to this process.
  const forward = (signal: NodeJS.Signals): void => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.process.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, forward);
  try {
    const { code } = await child.ended;
    return code;
  } finally {
    for (const signal of SIGNALS) process.off(signal, forward);
    await emulator.close();
  }
};
