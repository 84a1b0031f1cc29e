import { definedFields, type Query, type RequestJson, RpcError } from "@cloudtask/emulator/internal";
import { ApiError } from "cloudtask";
import type { CloudTaskDetailJson, CloudTaskWithRequestJson } from "../cloud-json.ts";
import type { CloudApi } from "../cloud-parts.ts";
import { ownResource } from "../own-resource.ts";
import { type ApiTask, isInFlight } from "./api-task.ts";
import { BODIES_HIDDEN, type View } from "./body-access.ts";
import { kindOf, maskedRequest, msOf, taskFacts } from "./task-json.ts";

/** Bytes of the body that are returned by default. */
const BODY_BYTES = 65_536;

/** Answers GET /inspect/tasks/{full name}. */
export async function taskDetail(api: CloudApi, name: string, query: Query): Promise<CloudTaskDetailJson> {
  ownResource(api, name, "tasks");
  const { value: task, view } = await api.bodies.read((each) => getTask(api, name, each));
  const bodyBytes = query.integer("bodyBytes") || BODY_BYTES;
  const masked = maskedRequest(task, bodyBytes);
  const request: RequestJson & { readonly kind: "http" | "appEngine" } = { kind: kindOf(task), ...masked };
  return {
    task: {
      ...taskFacts(task, masked, api.now()),
      request,
      ...(view === "BASIC" && { bodiesHidden: BODIES_HIDDEN }),
      running: runningOf(task),
      ...definedFields({ authorization: authorizationOf(task), retry: retryOf(task) }),
    },
  };
}

async function getTask({ transport }: CloudApi, name: string, view: View): Promise<ApiTask> {
  const path = `${name}?responseView=${view}`;
  try {
    return (await transport.call({ method: "GET", path, action: `get ${name}` })).body as ApiTask;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== "NOT_FOUND") throw error;
    throw new RpcError(
      "NOT_FOUND",
      `${name} has finished, was deleted, or never existed. Cloud Tasks keeps no finished tasks, so which of these is unknown.`,
    );
  }
}

function runningOf({ lastAttempt, dispatchDeadline }: ApiTask): CloudTaskWithRequestJson["running"] {
  const dispatchTime = lastAttempt?.dispatchTime;
  if (dispatchTime === undefined || !isInFlight(lastAttempt)) return [];
  const deadline = new Date(Date.parse(dispatchTime) + (msOf(dispatchDeadline) ?? 0)).toISOString();
  return [{ dispatchTime, deadline }];
}

function authorizationOf({ httpRequest }: ApiTask): CloudTaskWithRequestJson["authorization"] {
  const { oidcToken, oauthToken } = httpRequest ?? {};
  const serviceAccount = (oidcToken ?? oauthToken)?.serviceAccountEmail;
  if (serviceAccount === undefined) return undefined;
  return oidcToken === undefined
    ? { kind: "oauth", serviceAccount, ...definedFields({ scope: oauthToken?.scope }) }
    : { kind: "oidc", serviceAccount, ...definedFields({ audience: oidcToken.audience }) };
}

function retryOf({ retryConfig }: ApiTask): CloudTaskWithRequestJson["retry"] {
  if (retryConfig === undefined) return undefined;
  const { maxAttempts = 0, maxRetryDuration, minBackoff, maxBackoff, maxDoublings = 0 } = retryConfig;
  return {
    maxAttempts,
    maxRetryDurationMs: msOf(maxRetryDuration) ?? 0,
    minBackoffMs: msOf(minBackoff) ?? 0,
    maxBackoffMs: msOf(maxBackoff) ?? 0,
    maxDoublings,
  };
}
