import type { DeadLetter, DeadLetterMatch } from "cloudtask/admin";
import { errorMessage } from "cloudtask/internal";
import { z } from "zod";
import { isSelective } from "../../dead/letter-match.ts";
import { letterQueues } from "../../dead/letter-queues.ts";
import { UsageError } from "../../usage-error.ts";
import { type McpTool, tool } from "../mcp-tool.ts";
import { definitionField, limitField, queueField } from "./fields.ts";

const matchFields = {
  definition: definitionField.optional(),
  reason: z.enum(["max-attempts", "non-retriable", "invalid-payload", "unknown-task"]).optional(),
  message: z.string().min(1).optional().describe("A text in the message of the error"),
  home_queue: z.string().min(1).optional().describe("The id of the queue that the tasks were delivered from"),
  ids: z.array(z.string().min(1)).min(1).max(1_000).optional().describe("The ids or full names of dead letters"),
};
const deadQueueField = queueField.describe("The id of a dead-letter queue, or its full name");

interface MatchInput {
  readonly definition?: string | undefined;
  readonly reason?: Extract<DeadLetterMatch["reason"], string> | undefined;
  readonly message?: string | undefined;
  readonly home_queue?: string | undefined;
  readonly ids?: readonly string[] | undefined;
}

const listLetters = tool({
  name: "list_dead_letters",
  title: "List dead letters",
  description:
    "Lists dead letters: tasks that the worker discarded, with the reason and the request. Without a queue, it finds the queues that have dead letters, and lists those of all.",
  effect: "read",
  input: z.strictObject({ queue: deadQueueField.optional(), ...matchFields, limit: limitField(100) }),
  run: async ({ queue, limit, ...match }, { place, signal }) => {
    const letters: object[] = [];
    for (const each of queue === undefined ? await letterQueues(place, { signal }) : [queue]) {
      for await (const letter of place.admin.deadLetters.list(each, { match: matchOf(match), signal })) {
        if (letters.length === limit) return { letters, hasMore: true };
        letters.push(letterFacts(letter));
      }
    }
    return { letters, hasMore: false };
  },
});

const redriveLetters = tool({
  name: "redrive_dead_letters",
  title: "Redrive dead letters",
  description:
    "Creates the tasks of dead letters again in their home queues, and deletes the letters. They run again. Without filters, it redrives all letters of the queue.",
  effect: "delete",
  input: z.strictObject({
    queue: deadQueueField,
    ...matchFields,
    to: queueField.optional().describe("The queue to create the tasks in (default: their home queue)"),
    limit: z.int().min(1).optional().describe("The maximum number of letters to redrive"),
  }),
  run: async ({ queue, to, limit, ...match }, { place, signal, announce }) => {
    announce(`redrives dead letters of ${queue}`);
    const options = { match: matchOf(match), to, limit, signal };
    const { redriven, failed } = await place.admin.deadLetters.redrive(queue, options);
    return {
      redriven,
      failed: failed.map(({ letter, error }) => ({ name: letter.name, error: errorMessage(error) })),
    };
  },
});

const deleteLetters = tool({
  name: "delete_dead_letters",
  title: "Delete dead letters",
  description: "Deletes dead letters. This cannot be undone. Set filters, or all: true for all letters of the queue.",
  effect: "delete",
  isIdempotent: true,
  input: z.strictObject({ queue: deadQueueField, ...matchFields, all: z.boolean().default(false) }),
  run: async ({ queue, all, ...given }, { place, signal, announce }) => {
    const match = matchOf(given);
    if (isSelective(match) === all) throw new UsageError("set filters that select letters, or all: true");
    announce(`deletes dead letters of ${queue}`);
    return { deleted: await place.admin.deadLetters.delete(queue, { match, signal }) };
  },
});

/** Tools for dead letters that read. */
export const deadLetterReadTools: readonly McpTool[] = [listLetters];

/** Tools for dead letters that change something. */
export const deadLetterChangeTools: readonly McpTool[] = [redriveLetters, deleteLetters];

function matchOf({ definition, reason, message, home_queue: homeQueue, ids }: MatchInput): DeadLetterMatch {
  return { task: definition, reason, message, homeQueue, names: ids };
}

/** The body already contains the payload, and as text it cannot be nested too deeply. */
function letterFacts({ payload: _, task: definition, ...facts }: DeadLetter): object {
  return { ...facts, definition };
}
