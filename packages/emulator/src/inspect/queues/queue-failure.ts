import type { AttemptFinished } from "../../emulator-events.ts";
import type { EngineQueue } from "../../engine/engine-state.ts";
import type { OAuthRequest, OidcRequest } from "../../engine/records.ts";
import { definedFields } from "../defined-fields.ts";
import { failureMessage } from "../failures/failure-message.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { rfc3339 } from "../rfc3339.ts";
import { findTask } from "../tasks/task-detail-json.ts";
import type { FailureKind, QueueFailureJson } from "../types/queue-types.ts";

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
  const authorization = settings.httpTarget?.authorization ?? own;
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
    ...(authorization ? tokenFields(authorization) : sentTokenFields(last)),
  };
}

function kindOf({ status, error }: AttemptFinished): FailureKind {
  if (status === undefined) return error === "deadline exceeded" ? "timeout" : "unreachable";
  return kinds[status] ?? "error";
}

function tokenFields(authorization: OidcRequest | OAuthRequest): Pick<QueueFailureJson, "audience" | "serviceAccount"> {
  const { serviceAccountEmail: serviceAccount } = authorization;
  return authorization.kind === "oidc" ? { serviceAccount, audience: authorization.audience } : { serviceAccount };
}

/** A task that has used up its retries no longer exists, but the history has the claims of its token. */
function sentTokenFields({ request }: AttemptFinished): Pick<QueueFailureJson, "audience" | "serviceAccount"> {
  const { email, aud } = request?.tokenClaims ?? {};
  return typeof email === "string" && typeof aud === "string" ? { serviceAccount: email, audience: aud } : {};
}
