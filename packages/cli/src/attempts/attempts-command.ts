import type { CommandSpec } from "../command-line/command-spec.ts";
import type { Flag } from "../command-line/flag.ts";
import { jsonGroup, placeGroup } from "../place/place-flags.ts";

const filters: readonly Flag[] = [
  { name: "queue", value: "ID", help: "Only attempts of this queue" },
  { name: "task", value: "QUEUE/ID", help: "Only attempts of this task" },
  {
    name: "outcome",
    value: "OUTCOME",
    help: "succeeded, failed, retrying, exhausted, ignored or discarded; several with commas",
  },
];

/** `cloudtask failures`, `cloudtask attempts` and `cloudtask logs`. */
export const attemptsCommands: readonly CommandSpec[] = [
  {
    name: "failures",
    summary: "List the failures of an emulator, grouped by their answer",
    intro:
      "Lists the failed attempts of an emulator, grouped by their answer, with the number of tasks. A task is unresolved until it succeeds, is pushed again or redriven, or is deleted.",
    groups: [
      {
        title: "Which",
        flags: [
          { name: "queue", value: "ID", help: "Only failures in this queue" },
          { name: "definition", value: "NAME", help: "Only failures of this definition" },
          { name: "limit", value: "N", help: "At most this many groups (default 100)" },
        ],
      },
      placeGroup,
      jsonGroup,
    ],
    load: async () => (await import("./attempts-run.ts")).listFailures,
  },
  {
    name: "attempts",
    summary: "List finished attempts of an emulator, the newest last",
    groups: [
      {
        title: "Which",
        flags: [
          ...filters,
          { name: "definition", value: "NAME", help: "Only attempts of this definition" },
          { name: "status", value: "STATUS", help: "Only attempts with this answer: 503, 5xx, none" },
          {
            name: "text",
            value: "TEXT",
            help: "Only attempts with this text in the name, the URL, the body or the answer",
          },
          { name: "limit", value: "N", help: "At most this many (default 100)" },
        ],
      },
      placeGroup,
      jsonGroup,
    ],
    load: async () => (await import("./attempts-run.ts")).listAttempts,
  },
  {
    name: "logs",
    summary: "Show the last attempts of an emulator, and follow them with -f",
    groups: [
      { title: "Which", flags: filters },
      placeGroup,
      {
        title: "Options",
        flags: [
          { name: "follow", short: "f", help: "Print attempts as they finish, until Ctrl-C" },
          { name: "limit", value: "N", help: "The number of attempts before that (default 20)" },
          { name: "json", help: "Print each attempt as a line of JSON" },
        ],
      },
    ],
    load: async () => (await import("./attempts-run.ts")).showLogs,
  },
];
