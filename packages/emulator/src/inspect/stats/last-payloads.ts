import { taskName } from "../../engine/engine-state.ts";
import type { DefinitionHistory, SeenTask } from "../../history/stats/definition-stats.ts";
import { definedFields } from "../defined-fields.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { rfc3339 } from "../rfc3339.ts";
import { kindOf } from "../tasks/finished-task-json.ts";
import { previewOf } from "../tasks/preview-of.ts";
import { requestJson } from "../tasks/task-json.ts";
import type { RequestJson } from "../types/common-types.ts";
import type { PayloadJson } from "../types/definition-types.ts";

const MAX_PAYLOADS = 5;

interface Found {
  readonly sequence: number;
  readonly payload: PayloadJson;
}

/** Returns the last tasks of a definition whose requests the emulator still has, the newest first. */
export function lastPayloads(parts: InspectParts, { tasks, attempts }: DefinitionHistory): PayloadJson[] {
  const found = new Map<number, Found>();
  for (const seen of tasks) add(found, payloadOfTask(parts, seen));
  for (const id of attempts) add(found, payloadOfAttempt(parts, id));
  const newest = [...found.values()].sort((a, b) => b.sequence - a.sequence);
  return newest.slice(0, MAX_PAYLOADS).map(({ payload }) => payload);
}

function add(all: Map<number, Found>, found: Found | undefined): void {
  if (found && !all.has(found.sequence)) all.set(found.sequence, found);
}

function payloadOfTask(parts: InspectParts, { queue, id, sequence }: SeenTask): Found | undefined {
  const task = parts.engine.queues.get(queue)?.tasks.get(id);
  // The payload of a dead letter is that of its task, and a copy would wait in the queue of the dead letters.
  if (task?.record.sequence !== sequence || task.record.isDeadLetter) return undefined;
  const request = requestJson(parts, task.record, parts.info.options.history.bodyBytes);
  if (!request) return undefined;
  const name = taskName(queue, id);
  return {
    sequence,
    payload: payloadJson(request.kind, request, { task: name, queue, createdAt: task.record.createdAt }),
  };
}

function payloadOfAttempt({ history }: InspectParts, id: number): Found | undefined {
  const attempt = history.get(id);
  if (!attempt?.request) return undefined;
  return { sequence: attempt.sequence, payload: payloadJson(kindOf(attempt), attempt.request, attempt) };
}

function payloadJson(
  kind: PayloadJson["kind"],
  request: RequestJson,
  { task, queue, createdAt }: { readonly task: string; readonly queue: string; readonly createdAt: number },
): PayloadJson {
  const { method, url, body, bodyEncoding, bodySize } = request;
  const facts = { task, queue, createTime: rfc3339(createdAt) };
  return {
    ...facts,
    kind,
    method,
    url,
    body,
    bodyEncoding,
    bodySize,
    ...definedFields({ preview: previewOf(request) }),
  };
}
