import { type Check, type Finding, failed, ok, skipped, unknown } from "../check.ts";
import type { Facts } from "../facts.ts";
import type { WorkerCall } from "../worker/call-worker.ts";
import { foreignAnswer, isPlatformAnswer } from "../worker/foreign-answer.ts";
import { explainOwnAnswer } from "../worker/own-answer.ts";
import { readWorkerAnswer } from "../worker/worker-answer.ts";

const SEE_WORKER = "see the check `worker`";

/** Whether the worker accepts the credentials of a push: the token of the account for the audience, and the secret. */
export const audienceCheck: Check = {
  id: "audience",
  run: async (facts) => {
    const { url, serviceAccount, secret, emulator, delivers } = facts.setup;
    if (url === undefined) return skipped("no URL is set: pass --url or --client");
    if (serviceAccount === undefined && secret === undefined) {
      return skipped("no service account and no secret is set: pass --service-account, --secret-env or --client");
    }
    if (emulator && serviceAccount !== undefined) {
      return skipped(
        `an emulator creates tokens only for deliveries: ${delivers ? "see `delivery`" : "pass --deliver"}`,
      );
    }
    const anonymous = await facts.anonymousCall(url);
    if (anonymous.kind === "unreachable") return unknown(`the URL cannot be reached; ${SEE_WORKER}`);
    const call = await facts.authenticatedCall(url);
    return "kind" in call ? judge(url, call, facts) : call;
  },
};

function judge(url: string, call: WorkerCall, { setup }: Facts): Finding {
  const { audience, serviceAccount, secretHeader } = setup;
  if (call.kind === "unreachable") return unknown(`the URL cannot be reached; ${SEE_WORKER}`);
  const own = readWorkerAnswer(call.status, call.body);
  if (own?.isPong) {
    const sent = serviceAccount === undefined ? "the secret" : `the token of ${serviceAccount} for ${audience}`;
    return ok(`the worker accepts ${sent}`);
  }
  if (own) return explainOwnAnswer(own, { audience, serviceAccount, secretHeader });
  if (isPlatformAnswer(call) && (call.status === 401 || call.status === 403)) {
    return failed(
      `the platform rejects the token of ${serviceAccount} for the audience ${audience} (${call.status})`,
      "grant the account roles/run.invoker on the service, and set `audience` to the run.app URL of the service or to one of its custom audiences",
    );
  }
  const { status, message } = foreignAnswer({ ...call, url });
  return status === "failed" ? unknown(`${message}; ${SEE_WORKER}`) : { status, message };
}
