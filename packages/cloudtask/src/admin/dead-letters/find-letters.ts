import { hasCode } from "../../core/errors/has-code.ts";
import { lastSegment } from "../../core/resource-name.ts";
import type { AdminContext, CallOptions } from "../admin-context.ts";
import { resourceOf } from "../answer.ts";
import { type Json, listOf, objectOf } from "../json-fields.ts";
import { listPages, withQuery } from "../list-pages.ts";
import { type DeadLetterMatch, letterMatcher } from "./dead-letter-match.ts";
import { readDeadLetter, type StoredLetter } from "./read-dead-letter.ts";

const FULL = { responseView: "FULL" } as const;

/** The number of letters of a page. A page of larger tasks contains fewer. */
const PAGE_SIZE = "100";

/** The letters to find. */
interface Search extends CallOptions {
  readonly match?: DeadLetterMatch | undefined;
  /** The method, for messages: `admin.deadLetters.list()`. */
  readonly subject: string;
}

/**
 * Finds the dead letters of a queue that match. Other tasks in the queue are skipped.
 *
 * @param queueName - the full resource name of the queue
 */
export async function* findLetters(
  context: AdminContext,
  queueName: string,
  { match = {}, subject, signal }: Search,
): AsyncGenerator<StoredLetter> {
  const matches = letterMatcher(match, subject);
  const tasks = match.names
    ? namedTasks(context, queueName, match.names, { signal })
    : listedTasks(context, queueName, { signal });
  for await (const task of tasks) {
    const stored = readDeadLetter(task, context.registry);
    if (stored !== undefined && matches(stored.letter)) yield stored;
  }
}

async function* listedTasks(context: AdminContext, queueName: string, { signal }: CallOptions): AsyncGenerator<Json> {
  const query = { ...FULL, pageSize: PAGE_SIZE };
  const action = `list the dead letters of ${queueName}`;
  for await (const page of listPages(context, { path: `${queueName}/tasks`, query, signal, action })) {
    yield* listOf(page.tasks).map(objectOf);
  }
}

/** Skips names that no longer exist. */
async function* namedTasks(
  context: AdminContext,
  queueName: string,
  names: readonly string[],
  { signal }: CallOptions,
): AsyncGenerator<Json> {
  for (const name of new Set(names.map((each) => `${queueName}/tasks/${lastSegment(each)}`))) {
    const action = `get the dead letter ${name}`;
    try {
      const { body } = await context.transport.call({ method: "GET", path: withQuery(name, FULL), action, signal });
      yield resourceOf(body, action);
    } catch (error) {
      if (!hasCode(error, "API_ERROR") || error.status !== "NOT_FOUND") throw error;
    }
  }
}
