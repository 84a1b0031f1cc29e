import { type CloudTaskClient, PushManyError, type PushManyOptions } from "cloudtask";
import { errorMessage, printableText } from "cloudtask/internal";
import type { CommandContext } from "../command-line/command-spec.ts";
import { countText } from "../output/count-text.ts";
import { progressBar } from "../output/progress-bar.ts";
import { UsageError } from "../usage-error.ts";

/** The number of failed lines that are printed. */
const MAX_FAILURES = 20;

/** A line of stdin. */
export interface InputLine {
  /** Its number, from 1. */
  readonly line: number;
  readonly payload: unknown;
}

/** Reads the payloads of `--each`. Empty lines are skipped. @throws UsageError for a line that is not JSON */
export function payloadLines(text: string): readonly InputLine[] {
  return text.split(/\r?\n/).flatMap((each, index) => (each.trim() === "" ? [] : [inputLine(each, index + 1)]));
}

interface FailedLine {
  readonly line: number;
  readonly error: string;
  /** Whether the task may exist, because the answer of its push was lost. */
  readonly mayExist: boolean;
}

/** The push of each line. */
interface EachPush {
  readonly client: CloudTaskClient;
  readonly definition: string;
  readonly push: NonNullable<PushManyOptions["push"]>;
  readonly isJson: boolean;
}

/** Pushes a task for each line, and reports the lines that failed. Returns the exit code. */
export async function pushEach(
  lines: readonly InputLine[],
  { client, definition, push, isJson }: EachPush,
  { terminal }: CommandContext,
): Promise<number> {
  const declared = client.declare<unknown>(definition);
  const tasks = lines.map(({ payload }) => declared(payload));
  const onProgress: PushManyOptions["onProgress"] = ({ done }) => {
    if (done % 100 === 0) terminal.progress(progressBar(done, tasks.length));
  };
  const failed = await client
    .pushMany(tasks, { push, onProgress })
    .then(
      () => [],
      (error: unknown) => failedLines(error, lines),
    )
    .finally(() => terminal.progress());
  const pushed = lines.length - failed.length;
  terminal.out(isJson ? JSON.stringify({ pushed, failed }) : `pushed ${countText(pushed, "task")}`);
  for (const { line, error, mayExist } of isJson ? [] : failed.slice(0, MAX_FAILURES)) {
    terminal.err(`line ${line}: ${printableText(error)}${mayExist ? " (the task may exist)" : ""}`);
  }
  if (!isJson && failed.length > MAX_FAILURES) terminal.err(`… and ${failed.length - MAX_FAILURES} more lines failed`);
  return failed.length === 0 ? 0 : 1;
}

function inputLine(text: string, line: number): InputLine {
  try {
    return { line, payload: JSON.parse(text) };
  } catch (cause) {
    throw new UsageError(
      `--each: line ${line}: expected JSON, such as {"orderId":500}; ${(cause as Error).message}. No task was pushed`,
      { cause },
    );
  }
}

/** @throws the error if it is not about single tasks */
function failedLines(error: unknown, lines: readonly InputLine[]): readonly FailedLine[] {
  if (!(error instanceof PushManyError)) throw error;
  return error.results.flatMap((result, index) =>
    result.status === "failed"
      ? [{ line: lines[index]?.line ?? 0, error: errorMessage(result.error), mayExist: result.mayExist }]
      : [],
  );
}
