import { printableText } from "../core/printable.ts";
import type { RpcStatus } from "../core/rpc-status.ts";

/** A call that was answered with an error. */
export interface FailedCall {
  readonly method: string;
  /** The resource below `/v2`. */
  readonly path: string;
  readonly emulator: boolean;
  readonly httpStatus: number;
  readonly status: RpcStatus;
  readonly details: readonly unknown[];
  /** The queues of the emulator, separated by commas. Undefined if the answer does not list them. */
  readonly queues?: string | undefined;
}

/**
 * Suggests how to fix a failed call.
 *
 * @returns sentences to append to a message, each after a space; empty if no remedy is known
 */
export function remedyFor(call: FailedCall): string {
  if (call.httpStatus === 101) {
    return " The server switched to another protocol. Is it the address of the Cloud Tasks API?";
  }
  if (call.httpStatus === 401) {
    return (
      " The access token is missing, expired or revoked. On a laptop run `gcloud auth application-default login`; " +
      "elsewhere check the service account, or the `token` option."
    );
  }
  if (call.httpStatus === 403) return forbidden(call);
  if (call.status === "NOT_FOUND") return missing(call);
  if (call.status === "FAILED_PRECONDITION" && call.method === "POST" && call.path.endsWith("/queues")) {
    return " The name of a deleted queue stays taken for up to 7 days: choose another name, or wait.";
  }
  if (call.httpStatus === 429) {
    const less = call.method === "GET" ? "read less often" : "push with less concurrency";
    return ` A quota of the Cloud Tasks API is exhausted: ${less}, or request a higher quota.`;
  }
  return "";
}

function forbidden({ method, path, details }: FailedCall): string {
  const project = /^projects\/([^/]+)/.exec(path)?.[1] ?? "PROJECT";
  if (JSON.stringify(details).includes('"SERVICE_DISABLED"')) {
    return ` Enable the API: gcloud services enable cloudtasks.googleapis.com --project=${project}`;
  }
  const role = roleFor(method, path);
  const attached =
    role === "roles/cloudtasks.enqueuer"
      ? " A task with an oidcToken also requires roles/iam.serviceAccountUser on its service account."
      : "";
  return ` The caller requires ${role} on the queue or the project ${project}.${attached}`;
}

// https://cloud.google.com/tasks/docs/access-control
function roleFor(method: string, path: string): string {
  if (/\/tasks(:batchCreate|\?|$)/.test(path) && method === "POST") return "roles/cloudtasks.enqueuer";
  if (/\/tasks\/[^/:]+:run$/.test(path)) return "roles/cloudtasks.taskRunner";
  if (path.endsWith("/tasks:batchDelete")) return "roles/cloudtasks.taskDeleter";
  if (/\/tasks\//.test(path) && method === "DELETE") return "roles/cloudtasks.taskDeleter";
  return method === "GET" ? "roles/cloudtasks.viewer" : "roles/cloudtasks.queueAdmin";
}

function missing({ path, emulator, queues }: FailedCall): string {
  const [, parent = "", project, location, queue] =
    /^(projects\/([^/]+)\/locations\/([^/]+)\/queues\/)([^/:?]+)(?:\/tasks)?(?:\?|$)/.exec(path) ?? [];
  if (queue === undefined) return "";
  if (!emulator)
    return ` Create it with: gcloud tasks queues create ${queue} --location=${location} --project=${project}`;
  const start = `with this queue, npx @cloudtask/cli emulator --queue ${parent}${queue}, or with --auto-create-queues.`;
  if (queues === undefined) return ` Start the emulator ${start}`;
  if (queues === "") return ` The emulator has no queues. Start it ${start}`;
  // The full names are long. They matter only if the emulator has queues elsewhere.
  const ids = queues.replaceAll(parent, "");
  const choice = ids.includes("/")
    ? ` The client uses the project ${project} and the location ${location}; the emulator has ${printableText(queues)}. ` +
      "Set `project`, `location` and `queue` of the client to"
    : ` The emulator has these queues: ${printableText(ids)}. Use`;
  return `${choice} one of them, or start it ${start}`;
}
