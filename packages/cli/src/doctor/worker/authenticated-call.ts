import { type Finding, unknown } from "../check.ts";
import type { Facts } from "../facts.ts";
import { GoogleFailure } from "../google/google-failure.ts";
import { granteeOf } from "../grantee.ts";
import { callWorker, type WorkerCall } from "./call-worker.ts";

/**
 * Calls the worker as Cloud Tasks would: with the secret, and with a token of the account for the audience.
 * https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateIdToken
 *
 * @returns the finding if the caller may not create a token
 */
export async function authenticatedCall(url: string, facts: Facts): Promise<WorkerCall | Finding> {
  const { serviceAccount, secret, secretHeader } = facts.setup;
  const token = serviceAccount === undefined ? undefined : await idToken(serviceAccount, facts);
  if (typeof token === "object") return token;
  return callWorker(url, {
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(secret === undefined ? {} : { [secretHeader]: secret }),
  });
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
