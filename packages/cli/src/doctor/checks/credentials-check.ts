import { type Check, type Finding, failed, ok, skipped, unknown } from "../check.ts";
import type { Facts } from "../facts.ts";
import { GoogleFailure } from "../google/google-failure.ts";

/** One of these scopes is enough. https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues/get */
const SCOPES = ["https://www.googleapis.com/auth/cloud-platform", "https://www.googleapis.com/auth/cloud-tasks"];

/** Whether there is an access token, and whose it is: tokeninfo knows. */
export const credentialsCheck: Check = {
  id: "credentials",
  run: async (facts) => {
    const { credentials } = facts;
    if (!credentials) return skipped("an emulator needs no credentials");
    try {
      await credentials.tokens.get();
    } catch (error) {
      const [message = "", remedy] = (error as Error).message.split(/ (?=On a laptop: )/);
      return failed(
        message.replace(/\.$/, ""),
        remedy?.replace(/\.$/, "") ?? "gcloud auth application-default login, or attach a service account",
      );
    }
    return describe(facts, await credentials.origin());
  },
};

async function describe(facts: Facts, origin: string): Promise<Finding> {
  try {
    const { email, scopes } = await facts.identity();
    if (scopes.length > 0 && !SCOPES.some((scope) => scopes.includes(scope))) {
      return failed(
        `the token from ${origin} has no scope for Cloud Tasks, only ${scopes.join(", ")}`,
        "give the machine or the login the scope cloud-platform; roles then decide what it may do",
      );
    }
    return ok(`${email ?? "an account whose address the token does not contain"}, from ${origin}`);
  } catch (error) {
    if (!(error instanceof GoogleFailure)) throw error;
    // Tokens of workload identity federation are not known there.
    return unknown(`there is a token from ${origin}, but Google does not tell whose it is: ${error.message}`);
  }
}
