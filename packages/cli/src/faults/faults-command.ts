import type { ArgumentSpec, CommandGroup, Run } from "../command-line/command-spec.ts";
import type { FlagGroup } from "../command-line/flag.ts";
import { emulatorFlag, jsonGroup } from "../place/place-flags.ts";

const on: ArgumentSpec = {
  name: "ON",
  hint: "pass delivery, the name of an API call such as CreateTask, or '*' for all calls",
};
const fault: ArgumentSpec = {
  name: "FAULT",
  hint: "pass the numbers of faults, as cloudtask faults list shows them, or --all",
};
const whereGroup: FlagGroup = { title: "Where", flags: [emulatorFlag] };

/** The name of a run function of `faults-run.ts`. */
type Action = keyof typeof import("./faults-run.ts");

const load = (action: Action) => async (): Promise<Run> => (await import("./faults-run.ts"))[action];

/** `cloudtask faults …`. */
export const faultsCommand: CommandGroup = {
  name: "faults",
  summary: "Make deliveries and API calls of an emulator fail",
  commands: [
    {
      name: "list",
      summary: "List the faults of an emulator, and how often each has applied",
      groups: [whereGroup, jsonGroup],
      load: load("listFaults"),
    },
    {
      name: "add",
      summary: "Make deliveries or API calls of an emulator fail",
      intro:
        "Makes deliveries or API calls of an emulator fail. ON is delivery, the name of an API call such as CreateTask, or '*' for all calls. If several faults match, the oldest applies.",
      args: [on],
      groups: [
        {
          title: "Effect, exactly one",
          flags: [
            {
              name: "status",
              value: "STATUS",
              help: "Answer with this status, without the worker: 503 for a delivery, UNAVAILABLE for a call",
            },
            { name: "delay", value: "TIME", help: "Be late, such as 2s" },
            {
              name: "drop",
              value: "PART",
              isValueOptional: true,
              help: "Lose the request or the response of a delivery; for a call without PART: close the connection",
            },
            { name: "twice", help: "Deliver twice at the same time" },
          ],
        },
        {
          title: "Which",
          flags: [
            { name: "queue", value: "ID", help: "Only deliveries of this queue" },
            { name: "task", value: "QUEUE/ID", help: "Only deliveries of this task" },
            { name: "times", value: "N", help: "How often it applies, or always (default 1)" },
            { name: "probability", value: "P", help: "The probability that it applies, above 0, at most 1" },
            { name: "seed", value: "N", help: "The seed of the random numbers for --probability" },
          ],
        },
        {
          title: "Calls",
          flags: [
            { name: "after", help: "Let the call take effect, and affect only its answer" },
            { name: "message", value: "TEXT", help: "The message of the error" },
          ],
        },
        whereGroup,
        jsonGroup,
      ],
      outro: [
        "Examples:",
        "  cloudtask faults add delivery --status 503 --queue mail --times 3",
        "  cloudtask faults add delivery --drop response",
        "  cloudtask faults add CreateTask --status UNAVAILABLE --probability 0.1 --times always",
      ],
      load: load("addFault"),
    },
    {
      name: "remove",
      summary: "Remove faults of an emulator, or all",
      args: [{ ...fault, isVariadic: true, isOptional: true }],
      groups: [{ title: "Which", flags: [{ name: "all", help: "All faults" }] }, whereGroup, jsonGroup],
      load: load("removeFaults"),
    },
  ],
};
