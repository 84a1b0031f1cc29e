import type { QueuedTask } from "cloudtask/admin";
import { attemptText } from "../attempts/attempt-text.ts";
import type { AttemptJson, RequestJson, TaskDetailJson } from "../attempts/inspect-json.ts";
import type { CommandContext, Run } from "../command-line/command-spec.ts";
import { base64Text, bodyText, jsonText } from "../output/json.ts";
import { fields } from "../output/table.ts";
import { openPlace } from "../place/open-place.ts";
import { taskNameOf, taskRef } from "./task-argument.ts";

/** `cloudtask tasks describe`. */
export const describeTask: Run = async (flags, context) => {
  const [text = ""] = flags.positionals;
  const ref = taskRef(text);
  const place = await openPlace(flags, context);
  const { emulator } = place;
  if (emulator) {
    const detail = await emulator.get<TaskDetailJson>(`/inspect/tasks/${taskNameOf(text, place)}`);
    if (flags.has("json")) context.terminal.out(jsonText(detail));
    else printDetail(detail, context);
    return 0;
  }
  const task = await place.admin.tasks.get(ref, { view: "full" });
  context.terminal.out(flags.has("json") ? jsonText(task) : fields(linesOf(task), context.terminal));
  return 0;
};

function printDetail({ task, attempts }: TaskDetailJson, { terminal }: CommandContext): void {
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
    [
      "why it waits",
      task.waits.map(({ reason, until }) => (until ? `${reason} until ${until}` : reason)).join(", ") || undefined,
    ],
  ];
  terminal.out(fields(lines, terminal));
  // The newest is last, as in a log.
  const text = attempts.toReversed().map((attempt: AttemptJson) => attemptText(attempt, terminal));
  if (text.length > 0) terminal.out(["", ...text].join("\n"));
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
    ["last answer", lastAttempt?.response && `${lastAttempt.response.status} ${lastAttempt.response.message}`],
    ["request", `${request.method} ${request.url}`],
    ...Object.entries(request.headers).map(([name, value]) => [`  ${name}`, value] as const),
    ["body", request.body && bodyText(request.body)],
    ["account", request.serviceAccount],
  ];
}
