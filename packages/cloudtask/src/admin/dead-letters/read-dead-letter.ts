import { readDeadLetterHeaders } from "../../core/dead-letter-headers.ts";
import type { Registry } from "../../execution/registry.ts";
import { parseEnvelope } from "../../payload/codec.ts";
import type { Json } from "../json-fields.ts";
import { readQueuedTask } from "../tasks/read-queued-task.ts";
import type { DeadLetter } from "./dead-letter.ts";

/** A dead letter, with the task of the API that it was read from. That one contains the secrets. */
export interface StoredLetter {
  readonly letter: DeadLetter;
  readonly json: Json;
}

/** Reads a dead letter. Returns `undefined` if the task is not a dead letter. */
export function readDeadLetter(json: Json, registry: Registry): StoredLetter | undefined {
  const { name, id, queue, createTime, payload, request } = readQueuedTask(json, registry);
  const headers = new Map(Object.entries(request.headers).map(([key, value]) => [key.toLowerCase(), value]));
  const facts = readDeadLetterHeaders((header) => headers.get(header.toLowerCase()));
  if (facts?.reason === undefined) return undefined;
  const { reason, message, attempts, firstMs, lastMs, homeQueue, originalId } = facts;
  const envelope = parseEnvelope(new TextDecoder().decode(request.body));
  const letter: DeadLetter = {
    name,
    id,
    queue,
    task: "problem" in envelope ? undefined : envelope.task,
    reason,
    message,
    attempts,
    firstAt: firstMs === undefined ? undefined : new Date(firstMs),
    lastAt: lastMs === undefined ? undefined : new Date(lastMs),
    homeQueue,
    originalId,
    createTime,
    payload,
    request,
  };
  return { letter, json };
}
