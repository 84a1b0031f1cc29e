import { type Check, type Finding, failed, ok, skipped, unknown, warning } from "../check.ts";
import type { Facts } from "../facts.ts";
import type { WorkerCall } from "../worker/call-worker.ts";
import { foreignAnswer, isPlatformAnswer } from "../worker/foreign-answer.ts";
import { isPrivateHost, unreachable } from "../worker/unreachable.ts";
import { readWorkerAnswer, type WorkerAnswer } from "../worker/worker-answer.ts";

/** Whether the URL leads to a worker of this library, without a redirect, and the worker rejects a call without credentials. */
export const workerCheck: Check = {
  id: "worker",
  run: async (facts) => {
    const { url, emulator } = facts.setup;
    if (url === undefined) return skipped("no URL is set: pass --url or --client");
    if (!emulator && isPrivateHost(url)) {
      return failed(
        `Cloud Tasks cannot reach ${new URL(url).host}: it is this machine or a private network`,
        "set `url` to a public address, or use an emulator with CLOUD_TASKS_EMULATOR_HOST",
      );
    }
    const call = await facts.anonymousCall(url);
    if (call.kind === "unreachable") return unreachable(url, call.code, emulator !== undefined);
    const own = readWorkerAnswer(call.status, call.body);
    return own ? judge(own, call.status, facts) : judgeForeign(url, call, facts);
  },
};

function judge({ kind, message }: WorkerAnswer, status: number, { setup }: Facts): Finding {
  switch (kind) {
    case "unauthenticated":
    case "forbidden":
      return ok(`a worker answers at ${setup.url}, and rejects a call without credentials (${status})`);
    case "success":
    case "unknown-task":
      return isOpen(setup);
    case "full":
    case "draining":
      return unknown(`a worker answers at ${setup.url}, but it is ${kind} (${status})`, "repeat the check");
    default:
      return failed(
        `the worker at ${setup.url} answers ${status} ${kind}: ${message}`,
        "read the log of the worker, which has the error; it needs the same `serviceAccount` or `secret` as the pushing client",
      );
  }
}

function isOpen({ emulator, url }: Facts["setup"]): Finding {
  const message = `the worker at ${url} accepts calls without credentials: anyone who knows the URL can run tasks`;
  const remedy = "set `serviceAccount` or `secret` on its client, and remove `allowUnauthenticated`";
  return emulator ? warning(message, remedy) : failed(message, remedy);
}

type Answered = Extract<WorkerCall, { kind: "answered" }>;

/** The platform of a private service rejects the call before the worker, as it should. */
async function judgeForeign(url: string, call: Answered, facts: Facts): Promise<Finding> {
  const { serviceAccount } = facts.setup;
  const { status } = call;
  const isPlatform = isPlatformAnswer(call);
  if (isPlatform && (status === 401 || status === 403) && serviceAccount !== undefined) {
    return ok(`the platform rejects calls without a token at ${url} (${status}), before the worker`);
  }
  if (isPlatform && status === 404) {
    const service = await facts.service().catch(() => undefined);
    if (service && service.ingress !== "all") {
      return unknown(
        `the Cloud Run service ${service.name} has the ingress ${service.ingress}, so only calls from Google Cloud reach it`,
        "pass --deliver, or run this command on Google Cloud",
      );
    }
  }
  return foreignAnswer({ ...call, url });
}
