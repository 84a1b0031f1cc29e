import type { ArgumentSpec, CommandGroup, Run } from "../command-line/command-spec.ts";
import type { Flag } from "../command-line/flag.ts";
import { confirmGroup, jsonGroup, placeGroup } from "../place/place-flags.ts";

const queue: ArgumentSpec = {
  name: "QUEUE",
  hint: "pass the id of a dead-letter queue, or QUEUE/ID for one letter",
  // The message for a missing queue names those with dead letters.
  isCheckedLater: true,
};
const letter: ArgumentSpec = { name: "LETTER", hint: "pass QUEUE/ID, as cloudtask dead list shows it" };

const matchFlags: readonly Flag[] = [
  { name: "definition", value: "NAME", help: "Only letters of this definition; repeatable" },
  { name: "reason", value: "REASON", help: "max-attempts, non-retriable, invalid-payload or unknown-task; repeatable" },
  { name: "message", value: "TEXT", help: "Only letters with this text in the message of the error" },
  { name: "home-queue", value: "ID", help: "Only letters of tasks of this queue; repeatable" },
  { name: "id", value: "ID", help: "Only the letter with this id; repeatable" },
];

/** The name of a run function of `dead-run.ts`. */
type Action = keyof typeof import("./dead-run.ts");

const load = (action: Action) => async (): Promise<Run> => (await import("./dead-run.ts"))[action];

/** `cloudtask dead …`. */
export const deadCommand: CommandGroup = {
  name: "dead",
  summary: "List, redrive and delete dead letters: tasks that were discarded",
  commands: [
    {
      name: "list",
      summary: "List the dead letters of a queue, or of all queues",
      intro:
        "Lists the dead letters of a queue, or one letter as QUEUE/ID. Without QUEUE, it finds the queues that have dead letters, and lists those of each.",
      args: [{ ...queue, isOptional: true }],
      groups: [
        {
          title: "Which",
          flags: [...matchFlags, { name: "limit", value: "N", help: "At most this many of each queue (default 100)" }],
        },
        placeGroup,
        jsonGroup,
      ],
      load: load("listLetters"),
    },
    {
      name: "describe",
      summary: "Show a dead letter with its request",
      args: [letter],
      groups: [placeGroup, jsonGroup],
      load: load("describeLetter"),
    },
    {
      name: "redrive",
      summary: "Create the tasks of dead letters again, and delete the letters",
      intro:
        "Creates the tasks of the dead letters of a queue again, or of one letter as QUEUE/ID, and deletes the letters. Without a selection and without --limit, it asks for confirmation.",
      args: [queue],
      groups: [
        { title: "Which", flags: matchFlags },
        {
          title: "How",
          flags: [
            { name: "to", value: "QUEUE", help: "The queue to create the tasks in (default: their home queue)" },
            {
              name: "secret-file",
              value: "FILE",
              help: "A file with the current secret of the worker, which replaces that of the letters",
            },
            { name: "rate", value: "N", help: "At most this many per second" },
            { name: "limit", value: "N", help: "At most this many" },
          ],
        },
        placeGroup,
        confirmGroup,
      ],
      load: load("redriveLetters"),
    },
    {
      name: "delete",
      summary: "Delete the matching dead letters of a queue, or all",
      intro: "Deletes the matching dead letters of a queue, one letter as QUEUE/ID, or with --all every letter.",
      args: [queue],
      groups: [
        { title: "Which", flags: [...matchFlags, { name: "all", help: "All letters of the queue" }] },
        placeGroup,
        confirmGroup,
      ],
      load: load("deleteLetters"),
    },
  ],
};
