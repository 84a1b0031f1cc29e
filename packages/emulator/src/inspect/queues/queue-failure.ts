import type { AttemptFinished } from "../../emulator-events.ts";
import type { EngineQueue } from "../../engine/engine-state.ts";
import type { OAuthRequest, OidcRequest } from "../../engine/records.ts";
import { definedFields } from "../defined-fields.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { rfc3339 } from "../rfc3339.ts";
import { findTask } from "../tasks/task-detail-json.ts";
import type { FailureKind, QueueFailureJson } from "../types/queue-types.ts";

/** Characters of an answer's message to show. */
const MESSAGE_LENGTH = 300;

const kinds: Readonly<Record<number, FailureKind>> = {
  401: "unauthorized",
  403: "forbidden",
  404: "notFound",
  429: "overloaded",
  503: "overloaded",
};

/** Returns the failure that a queue has had since its last success. */
export function queueFailure(
  parts: Pick<InspectParts, "stats" | "engine">,
  { record: { name, settings } }: EngineQueue,
): QueueFailureJson | undefined {
  const failures = parts.stats.queues.get(name)?.failures;
  if (!failures) return undefined;
  const { last } = failures;
  const task = findTask(parts, last.task);
  const request = task && parts.engine.store.requestOf(task.record);
  const own = request?.kind === "http" ? request.authorization : undefined;
  return {
    kind: kindOf(last),
    count: failures.count,
    since: rfc3339(failures.since),
    lastTime: rfc3339(last.at),
    attempt: String(last.id),
    task: last.task,
    ...definedFields({
      definition: last.definition,
      status: last.status,
      message: failureMessage(last),
      url: last.request?.url,
    }),
    ...tokenFields(settings.httpTarget?.authorization ?? own),
  };
}

/** Returns the error of the connection, or the message of the answer: its field `message`, or its first line. */
function failureMessage({ error, response }: Pick<AttemptFinished, "error" | "response">): string | undefined {
  if (error !== undefined) return error;
  if (response?.bodyEncoding !== "text") return undefined;
  const text = jsonMessage(response.body) ?? response.body.trim().split(/[\r\n]/, 1)[0];
  return text === "" ? undefined : text?.slice(0, MESSAGE_LENGTH).toWellFormed();
}

function jsonMessage(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const { message, error } = Object(value) as { readonly message?: unknown; readonly error?: unknown };
    const nested = (Object(error) as { readonly message?: unknown }).message;
    return [message, nested, error].find((each) => typeof each === "string") as string | undefined;
  } catch {
    return undefined;
  }
}

function kindOf({ status, error }: AttemptFinished): FailureKind {
  if (status === undefined) return error === "deadline exceeded" ? "timeout" : "unreachable";
  return kinds[status] ?? "error";
}

function tokenFields(
  authorization: OidcRequest | OAuthRequest | undefined,
): Pick<QueueFailureJson, "audience" | "serviceAccount"> {
  if (!authorization) return {};
  const { serviceAccountEmail: serviceAccount } = authorization;
  return authorization.kind === "oidc" ? { serviceAccount, audience: authorization.audience } : { serviceAccount };
}
