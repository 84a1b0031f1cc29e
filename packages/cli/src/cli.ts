import { runCommand } from "./run-command.ts";
import { terminal } from "./terminal.ts";

/** How long open handles may keep the process alive after the command has ended. */
const LINGER_MS = 2_000;

process.exitCode = await runCommand(process.argv.slice(2), { terminal: terminal(process), process });
setTimeout(() => process.exit(), LINGER_MS).unref();
