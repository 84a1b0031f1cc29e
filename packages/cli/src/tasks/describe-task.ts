import type { QueuedTask } from "cloudtask/admin";
import { isDeadLetterHeader } from "cloudtask/internal";
import { attemptText } from "../attempts/attempt-text.ts";
import type { AttemptJson, RequestJson, TaskDetailJson } from "../attempts/inspect-json.ts";
import type { CommandContext, Run } from "../command-line/command-spec.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { base64Text, bodyText, jsonText } from "../output/json.ts";
import { fields } from "../output/table.ts";
import { notFound } from "../place/not-found.ts";
import { openPlace } from "../place/open-place.ts";
import { placeText } from "../place/place-flags.ts";
import { answerText } from "./answer-text.ts";
import { shortTaskName, taskNameOf, taskRef } from "./task-argument.ts";
import { waitText } from "./wait-text.ts";

/** `cloudtask tasks describe`. */
export const describeTask: Run = async (flags, context) => {
  const [text = ""] = flags.positionals;
  const ref = taskRef(text);
  const place = await openPlace(flags, context);
  const { emulator } = place;
  if (emulator) {
    const detail = await emulator.get<TaskDetailJson>(`/inspect/tasks/${taskNameOf(text, place)}`);
    if (flags.has("json")) context.terminal.out(jsonText(detail));
    else printDetail(detail, flags, context);
    return 0;
  }
  const task = await place.admin.tasks.get(ref, { view: "full" }).catch((error: unknown) => {
    const list = `cloudtask tasks list ${shortTaskName(taskNameOf(text, place)).split("/")[0]}${placeText(flags)}`;
    const why = "Cloud Tasks deletes a task when a delivery succeeds";
    throw notFound(error, `${why}. To list the waiting tasks: ${list}`);
  });
  const { terminal } = context;
  if (flags.has("json")) terminal.out(jsonText(task));
  else {
    const isLetter = Object.keys(task.request.headers).some(isDeadLetterHeader);
    terminal.out([fields(linesOf(task), terminal), "", nextLine(task.name, isLetter, flags)].join("\n"));
  }
  return 0;
};

function printDetail({ task, attempts }: TaskDetailJson, flags: GivenFlags, { terminal }: CommandContext): void {
  const { request } = task;
  const lines: readonly (readonly [string, string | undefined])[] = [
    ["name", task.name],
    ["state", task.state],
    ["definition", task.definition],
    ["created", task.createTime],
    ["scheduled", task.scheduleTime],
    ["attempts", String(task.dispatchCount)],
    ["request", request && `${request.method} ${request.url}`],
    ...(request?.headers ?? []).map(([name, value]) => [`  ${name}`, value] as const),
    ["body", request && requestBody(request)],
    ["why it waits", task.waits.map(waitText).join("; ") || undefined],
  ];
  terminal.out(fields(lines, terminal));
  // The newest is last, as in a log.
  const text = attempts.toReversed().map((attempt: AttemptJson) => attemptText(attempt, terminal));
  if (text.length > 0) terminal.out(["", ...text].join("\n"));
  if (task.waits.length > 0) {
    terminal.out(["", nextLine(task.name, task.deadLetter !== undefined, flags)].join("\n"));
  }
}

/** Names the command that runs a waiting task. Run in its paused queue, a dead letter that fails again stays there. */
function nextLine(name: string, isLetter: boolean, flags: GivenFlags): string {
  const target = `${shortTaskName(name)}${placeText(flags)}`;
  if (isLetter) return `this is a dead letter; to run it again: cloudtask dead redrive ${target}`;
  return `to run it now: cloudtask tasks run ${target}`;
}

function requestBody({ body, bodyEncoding, bodySize }: RequestJson): string | undefined {
  if (bodySize === 0) return undefined;
  return bodyEncoding === "base64" ? base64Text(body, bodySize) : body;
}

function linesOf(task: QueuedTask): readonly (readonly [string, string | undefined])[] {
  const { request, firstAttempt, lastAttempt } = task;
  return [
    ["name", task.name],
    ["definition", task.definition],
    ["created", task.createTime.toISOString()],
    ["scheduled", task.scheduleTime.toISOString()],
    ["attempts", String(task.dispatchCount)],
    ["first attempt", firstAttempt?.dispatchTime?.toISOString()],
    ["last attempt", lastAttempt?.dispatchTime?.toISOString()],
    ["last answer", lastAttempt?.response && answerText(lastAttempt.response)],
    ["request", `${request.method} ${request.url}`],
    ...Object.entries(request.headers).map(([name, value]) => [`  ${name}`, value] as const),
    ["body", request.body && bodyText(request.body)],
    ["account", request.serviceAccount],
  ];
}
