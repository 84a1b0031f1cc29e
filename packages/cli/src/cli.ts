import process from "node:process";
import { runCommand } from "./run-command.ts";
import { terminal } from "./terminal.ts";

/** How long what is left open may keep a process that is done. */
const LINGER_MS = 2_000;

process.exitCode = await runCommand(process.argv.slice(2), { terminal: terminal(process), process });
setTimeout(() => process.exit(), LINGER_MS).unref();
