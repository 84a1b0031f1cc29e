import type { CommandSpec } from "../command-line/command-spec.ts";
import { emulatorFlags } from "./emulator-flags.ts";

/** `cloudtask emulator`. */
export const emulatorCommand: CommandSpec = {
  name: "emulator",
  summary: "Run a Google Cloud Tasks emulator on this machine",
  intro:
    "Runs a Google Cloud Tasks emulator on this machine. It answers clients as the real service does, and delivers tasks to your endpoints. It needs no cloud account. Ctrl-C stops it.",
  groups: emulatorFlags,
  hasVariables: true,
  outro: [
    "Keys of --queue, all optional:",
    ["rate=5", "Dispatches per second, or per minute as in 100/m (default 500)"],
    ["concurrency=2", "Attempts at the same time (default 1000)"],
    ["burst=10", "Dispatches at once after an idle time (default: a fifth of the rate, at least 10)"],
    ["max-attempts=3", "Attempts per task, -1 for no limit (default 100)"],
    ["max-retry-duration=1h", "Retry for at least this time (default: no limit)"],
    ["min-backoff=1s", "The wait before the first retry (default 100ms)"],
    ["max-backoff=5m", "The longest wait before a retry (default 1h)"],
    ["max-doublings=4", "How often the wait doubles before it grows linearly (default 16)"],
    ["task-ttl=20d", "The age at which a task is deleted (default 31d)"],
    ["dead-letter=mail-dead", "The queue of discarded tasks; it must be another queue, with paused=true"],
    ["shards=4", "Create mail-0 to mail-3 instead of mail"],
    ["paused=true", "Create the queue paused"],
    "Use a --config file to set the target, the logging and the App Engine routing of a queue.",
    "",
    "Times: 250ms, 30s, 10m, 1.5h, 7d.",
    "",
    "An option can also be set by its environment variable, in brackets above: CLOUDTASK_MEMORY=true,",
    "CLOUDTASK_QUEUE=default,mail,rate=5. Commas or line breaks separate the values of a repeatable",
    "option. The command line overrides the variables, and both override the file.",
    "",
    "Examples:",
    "  cloudtask emulator --memory --queue mail,rate=5,max-attempts=3 --queue slow,concurrency=1",
    "  cloudtask emulator --config queue.yaml --app-engine http://localhost:8080",
  ],
  load: async () => (await import("./run-emulator.ts")).runEmulator,
};
