import { withoutDeadLetterHeaders } from "cloudtask/internal";
import type { AttemptFinished } from "../../../emulator-events.ts";
import type { EngineTask } from "../../../engine/engine-state.ts";
import type { HttpTaskRequest, OidcRequest, TaskRecord, TaskRequest } from "../../../engine/records.ts";
import { RpcError } from "../../../service/rpc-error.ts";
import { deadLetterFacts } from "../../dead-letters/dead-letter-facts.ts";
import type { InspectParts } from "../../inspect-parts.ts";
import { findFinished, findTask } from "../../tasks/task-detail-json.ts";
import { requestJson } from "../../tasks/task-json.ts";
import type { RequestJson } from "../../types/common-types.ts";

/** A task from which a new one is created. */
export interface CopiedTask {
  /** The task itself, if it exists. */
  readonly task: EngineTask | undefined;
  /** The queue of the new task by default. */
  readonly queue: string;
  readonly retry: TaskRecord["retry"];
  readonly deadlineMs: number | undefined;
  readonly request: TaskRequest;
  /** The request as a page shows it: with `***` for secrets. */
  readonly masked: RequestJson;
  /** Whether `request` has the secrets and the whole body. */
  readonly isWhole: boolean;
  /** Whether the body is only its beginning. */
  readonly isCut: boolean;
}

/** Headers of a delivery that the emulator adds. The history only has the request as it was sent. */
const ADDED = /^(?:x-cloudtasks-.*|x-appengine-.*|host|content-length|user-agent|connection)$/i;

/** @throws RpcError if neither the emulator nor its history has the task */
export function copiedTask(parts: InspectParts, name: string): CopiedTask {
  const task = findTask(parts, name);
  if (task) return copyOfTask(parts, task);
  const finished = findFinished(parts, name);
  if (finished) return copyOfAttempt(finished.last, parts.info.options.history.bodyBytes);
  throw new RpcError(
    "NOT_FOUND",
    `from: the task to copy no longer exists, and the history has no attempt of it: ${JSON.stringify(name)}. Push a new task instead.`,
  );
}

function copyOfTask(parts: InspectParts, task: EngineTask): CopiedTask {
  const { record, queue } = task;
  const request = parts.engine.store.requestOf(record);
  const masked = requestJson(parts, record, Number.POSITIVE_INFINITY);
  if (!request || !masked) throw new RpcError("INTERNAL", `The store has lost the request of task ${record.id}.`);
  return {
    task,
    queue: deadLetterFacts(parts, task)?.homeQueue ?? queue.record.name,
    retry: record.retry,
    deadlineMs: record.deadlineMs,
    request: { ...request, headers: withoutDeadLetterHeaders(request.headers) },
    masked,
    isWhole: true,
    isCut: false,
  };
}

function copyOfAttempt({ queue, request }: AttemptFinished, bodyBytes: number): CopiedTask {
  if (!request) throw new RpcError("FAILED_PRECONDITION", "from: the last attempt of the task sent no request.");
  if (request.headers.some(([name]) => /^x-appengine-queuename$/i.test(name))) {
    throw new RpcError("FAILED_PRECONDITION", "from: the routing of an App Engine task is not in the history.");
  }
  const { method, url, body, bodyEncoding } = request;
  const claims = request.tokenClaims;
  const kept = request.headers.filter(([name]) => !ADDED.test(name) && !(claims && /^authorization$/i.test(name)));
  const copied: HttpTaskRequest = {
    kind: "http",
    method,
    url,
    headers: Object.fromEntries(kept),
    body: Buffer.from(body, bodyEncoding === "text" ? "utf8" : "base64"),
    authorization: authorizationOf(claims),
  };
  const masked = { ...request, headers: kept };
  // The history may have been written with another limit. A mask can be shorter than the secret, so sizes differ then.
  const isShort = !body.includes("***") && copied.body.length < request.bodySize;
  const isCut = request.bodySize > bodyBytes || isShort;
  const unknown = { task: undefined, retry: undefined, deadlineMs: undefined };
  return { ...unknown, queue, request: copied, masked, isWhole: false, isCut };
}

function authorizationOf(claims: Readonly<Record<string, unknown>> | undefined): OidcRequest | undefined {
  const { email, aud } = claims ?? {};
  if (typeof email !== "string" || typeof aud !== "string") return undefined;
  return { kind: "oidc", serviceAccountEmail: email, audience: aud };
}
