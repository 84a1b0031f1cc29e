import { type Check, type Finding, ok, skipped, unknown } from "../check.ts";
import type { Facts } from "../facts.ts";
import { GoogleFailure } from "../google/google-failure.ts";
import { granteeOf } from "../grantee.ts";
import { callWorker } from "../worker/call-worker.ts";
import { foreignAnswer, isPlatformAnswer } from "../worker/foreign-answer.ts";
import { explainOwnAnswer } from "../worker/own-answer.ts";
import { readWorkerAnswer } from "../worker/worker-answer.ts";

const SEE_WORKER = "see the check `worker`";

/**
 * Whether the worker accepts what a push sends: the token of the account for the audience, and the secret. It calls the worker as
 * Cloud Tasks would, with a token from generateIdToken.
 * https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateIdToken
 */
export const audienceCheck: Check = {
  id: "audience",
  run: async (facts) => {
    const { url, serviceAccount, secret, secretHeader, emulator, delivers } = facts.setup;
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
    const token = serviceAccount === undefined ? undefined : await idToken(serviceAccount, facts);
    if (typeof token === "object") return token;
    return judge(url, facts, {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(secret === undefined ? {} : { [secretHeader]: secret }),
    });
  },
};

async function judge(url: string, facts: Facts, headers: Readonly<Record<string, string>>): Promise<Finding> {
  const { audience, serviceAccount, secretHeader } = facts.setup;
  const call = await callWorker(url, headers);
  if (call.kind === "unreachable") return unknown(`the URL cannot be reached; ${SEE_WORKER}`);
  const own = readWorkerAnswer(call.status, call.body);
  if (own?.isPong) {
    const sent = serviceAccount === undefined ? "the secret" : `the token of ${serviceAccount} for ${audience}`;
    return ok(`the worker accepts ${sent}`);
  }
  if (own) return explainOwnAnswer(own, { audience, serviceAccount, secretHeader });
  if (isPlatformAnswer(call) && (call.status === 401 || call.status === 403)) {
    return {
      status: "failed",
      message: `the platform rejects the token of ${serviceAccount} for the audience ${audience} (${call.status})`,
      remedy:
        "grant the account roles/run.invoker on the service, and set `audience` to the run.app URL of the service or to one of its custom audiences",
    };
  }
  const { status, message } = foreignAnswer({ ...call, url });
  return status === "failed" ? unknown(`${message}; ${SEE_WORKER}`) : { status, message };
}

/** Returns a token, or the finding if none can be created. */
async function idToken(email: string, facts: Facts): Promise<string | Finding> {
  const { audience } = facts.setup;
  try {
    const { json } = await facts.api.call("iamcredentials", {
      method: "POST",
      path: `/v1/projects/-/serviceAccounts/${email}:generateIdToken`,
      body: { audience, includeEmail: true },
    });
    const { token } = Object(json) as { readonly token?: unknown };
    return typeof token === "string" ? token : unknown("the answer of iamcredentials.googleapis.com contains no token");
  } catch (error) {
    if (!(error instanceof GoogleFailure) || error.kind !== "answer") throw error;
    const role = "roles/iam.serviceAccountOpenIdTokenCreator";
    const grant = `gcloud iam service-accounts add-iam-policy-binding ${email} --member=${await granteeOf(facts)} --role=${role}`;
    const isDisabled = error.reason === "SERVICE_DISABLED";
    return unknown(
      isDisabled
        ? "the IAM Service Account Credentials API is disabled, so no token can be created for a test"
        : `the caller may not create a token of ${email} for a test`,
      `${facts.setup.delivers ? "see `delivery`" : "pass --deliver"}, or: ${isDisabled ? "gcloud services enable iamcredentials.googleapis.com" : grant}`,
    );
  }
}
