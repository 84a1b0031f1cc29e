import type { ArgumentSpec, CommandSpec } from "../command-line/command-spec.ts";
import type { FlagGroup } from "../command-line/flag.ts";
import { emulatorFlags } from "../emulator/emulator-flags.ts";

const program: ArgumentSpec = { name: "COMMAND", hint: "pass a command, as in -- npm test", isVariadic: true };

const NOTE =
  "The command gets CLOUD_TASKS_EMULATOR_HOST, GOOGLE_CLOUD_PROJECT and GOOGLE_CLOUD_LOCATION. Options of the emulator come before --.";

const QUEUE =
  "A queue to create at the start; repeatable (default: one queue named default). For the keys see cloudtask emulator --help";

/**
 * Returns the options of the emulator that make sense for one that is started for a command.
 *
 * @param helps - the explanations that differ, by the name of the option
 */
function groupsWith(helps: Readonly<Record<string, string>>): readonly FlagGroup[] {
  return emulatorFlags
    .filter(({ title }) => title !== "Output")
    .map((group) => ({
      ...group,
      flags: group.flags.map((flag) => ({ ...flag, help: helps[flag.name] ?? flag.help })),
    }));
}

/** `cloudtask exec` and `cloudtask dev`. */
export const devCommands: readonly CommandSpec[] = [
  {
    name: "exec",
    summary: "Start an emulator, run a command such as a test, and end with its exit code",
    intro: `Starts an emulator in memory on a free port, runs a command, and ends with its exit code. ${NOTE}`,
    args: [program],
    groups: groupsWith({
      queue: QUEUE,
      port: "The port (default: any free port)",
      data: "A directory for queues and tasks (default: keep them in memory)",
      memory: "Keep everything in memory (the default)",
    }),
    passesOptions: true,
    hasVariables: true,
    outro: ["Example:", "  cloudtask exec --queue mail -- npm test"],
    load: async () => (await import("./dev-run.ts")).runExec,
  },
  {
    name: "dev",
    summary: "Run an emulator and your worker together, with one log",
    intro: `Runs an emulator and a command, such as your worker, with one log. A command that ends is started again. Ctrl-C stops the command, then the emulator. ${NOTE}`,
    args: [program],
    groups: groupsWith({ queue: QUEUE }),
    passesOptions: true,
    hasVariables: true,
    outro: ["Example:", "  cloudtask dev --queue mail -- npx tsx server.ts"],
    load: async () => (await import("./dev-run.ts")).runDev,
  },
];
