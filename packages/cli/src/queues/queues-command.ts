import type { ArgumentSpec, CommandGroup, CommandSpec, Run } from "../command-line/command-spec.ts";
import type { Flag } from "../command-line/flag.ts";
import { jsonFlag, placeGroup, yesFlag } from "../place/place-flags.ts";
import { settingsGroup } from "./queue-setting-flags.ts";

const queue: ArgumentSpec = { name: "QUEUE", hint: "pass the id of a queue, as cloudtask queues list shows it" };
const file: ArgumentSpec = { name: "FILE", hint: "pass a YAML or JSON file with queues", isOptional: true };
const pausedFlag: Flag = { name: "paused", help: "Create the queue paused" };
const pruneFlag: Flag = { name: "prune", help: "Also delete the queues that are not described, with their tasks" };

/** The name of a run function of `queues-run.ts`. */
type Action = keyof typeof import("./queues-run.ts");

const load = (action: Action) => async (): Promise<Run> => (await import("./queues-run.ts"))[action];

function command(
  name: string,
  summary: string,
  action: Action,
  {
    args = [queue],
    flags = [],
    groups = [],
    intro,
  }: Partial<Pick<CommandSpec, "args" | "groups" | "intro">> & {
    readonly flags?: readonly Flag[];
  } = {},
): CommandSpec {
  const options = { title: "Options", flags: [...flags, jsonFlag] };
  return {
    name,
    summary,
    args,
    groups: [...groups, placeGroup, options],
    load: load(action),
    ...(intro ? { intro } : {}),
  };
}

const FILE = "FILE describes the queues under the key queues, as for the emulator (default cloudtask.yaml).";

/** `cloudtask queues …`. */
export const queuesCommand: CommandGroup = {
  name: "queues",
  summary: "List, create, change, pause, purge and delete queues, or plan them from a file",
  commands: [
    command("list", "List the queues of a location, with their tasks", "listQueues", { args: [] }),
    command("describe", "Show the settings and the statistics of a queue", "describeQueue"),
    command("create", "Create a queue", "createQueue", { groups: [settingsGroup], flags: [pausedFlag] }),
    command("update", "Change settings of a queue, and keep the others", "updateQueue", { groups: [settingsGroup] }),
    command("pause", "Pause a queue: it accepts tasks and delivers none", "pauseQueue"),
    command("resume", "Resume a paused queue", "resumeQueue"),
    command("purge", "Delete all tasks of a queue", "purgeQueue", { flags: [yesFlag] }),
    command("delete", "Delete a queue with its tasks", "deleteQueue", { flags: [yesFlag] }),
    command("plan", "Compare a file with the queues of a location, and change nothing", "planQueues", {
      args: [file],
      flags: [pruneFlag],
      intro: `Compares a file with the queues of a location, and changes nothing. ${FILE} The exit code is 3 if there are changes, so a script can notice drift.`,
    }),
    command("apply", "Change the queues of a location as a file describes them", "applyQueues", {
      args: [file],
      flags: [pruneFlag, yesFlag],
      intro: `Changes the queues of a location as a file describes them. ${FILE} Settings that the file does not name stay. No queue is deleted without --prune.`,
    }),
    command("export", "Print the queues of a location in the format of plan and apply", "exportQueues", { args: [] }),
  ],
};
