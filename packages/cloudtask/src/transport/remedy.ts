import type { RpcStatus } from "../core/rpc-status.ts";

/** What was refused, and how. */
export interface Refusal {
  readonly method: string;
  /** The resource below `/v2`. */
  readonly path: string;
  readonly emulator: boolean;
  readonly httpStatus: number;
  readonly status: RpcStatus;
  readonly details: readonly unknown[];
}

/**
 * What a person can do about a refusal.
 *
 * @param refusal - what was refused, and how
 * @returns sentences to append to a message, each after a space; empty where nothing is known to help
 */
export function remedyFor(refusal: Refusal): string {
  if (refusal.httpStatus === 401) {
    return " The access token is missing, expired or revoked. On a laptop run `gcloud auth application-default login`; elsewhere check the service account, or the `token` option.";
  }
  if (refusal.httpStatus === 403) return forbidden(refusal);
  if (refusal.status === "NOT_FOUND") return missing(refusal);
  if (refusal.httpStatus === 429) {
    return " A quota of the Cloud Tasks API is used up: push with less concurrency, or ask for a higher quota.";
  }
  return "";
}

function forbidden({ method, path, details }: Refusal): string {
  const project = /^projects\/([^/]+)/.exec(path)?.[1] ?? "PROJECT";
  if (JSON.stringify(details).includes('"SERVICE_DISABLED"')) {
    return ` Turn the API on: gcloud services enable cloudtasks.googleapis.com --project=${project}`;
  }
  const role = roleFor(method, path);
  const attached =
    role === "roles/cloudtasks.enqueuer"
      ? " A task that carries an oidcToken also asks for roles/iam.serviceAccountUser on its service account."
      : "";
  return ` The caller needs ${role} on the queue or the project ${project}.${attached}`;
}

// https://cloud.google.com/tasks/docs/access-control
function roleFor(method: string, path: string): string {
  if (/\/tasks(\?|$)/.test(path) && method === "POST") return "roles/cloudtasks.enqueuer";
  if (/\/tasks\/[^/:]+:run$/.test(path)) return "roles/cloudtasks.taskRunner";
  if (/\/tasks\//.test(path) && method === "DELETE") return "roles/cloudtasks.taskDeleter";
  return method === "GET" ? "roles/cloudtasks.viewer" : "roles/cloudtasks.queueAdmin";
}

function missing({ path, emulator }: Refusal): string {
  const [, project, location, queue] =
    /^projects\/([^/]+)\/locations\/([^/]+)\/queues\/([^/:?]+)(?:\/tasks)?(?:\?|$)/.exec(path) ?? [];
  if (queue === undefined) return "";
  if (emulator) {
    return ` Start the emulator with this queue, npx cloudtask emulator --queue ${queue}, or with --auto-create-queues.`;
  }
  return ` Create it with: gcloud tasks queues create ${queue} --location=${location} --project=${project}`;
}
