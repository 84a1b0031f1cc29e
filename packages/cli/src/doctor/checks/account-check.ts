import { type Check, type Finding, failed, ok, skipped, unknown } from "../check.ts";
import { type AccountJson, type Facts, projectOfAccount } from "../facts.ts";
import { GoogleFailure } from "../google/google-failure.ts";

/** Whether the account of the tasks' tokens exists, is enabled, and belongs to the project of the queue. */
export const accountCheck: Check = {
  id: "account",
  needs: "roles/iam.serviceAccountViewer",
  run: async (facts) => {
    const { serviceAccount, secret, emulator } = facts.setup;
    if (serviceAccount === undefined) {
      return secret === undefined
        ? skipped("no service account is set: pass --service-account or --client")
        : skipped("tasks carry a secret, and no token of a service account");
    }
    if (emulator) return skipped("an emulator creates tokens for any account");
    const named = projectOfAccount(serviceAccount, facts.setup.project);
    try {
      return judge(serviceAccount, await facts.account(serviceAccount), facts);
    } catch (error) {
      if (error instanceof GoogleFailure && error.status === "NOT_FOUND") return missing(serviceAccount, named);
      // The address is enough to find the most frequent mistake.
      if (named !== facts.setup.project) return foreign(serviceAccount, named, facts.setup.project);
      throw error;
    }
  },
};

function missing(email: string, project: string): Finding {
  const [name = ""] = email.split("@");
  return failed(
    `the service account ${email} does not exist`,
    `gcloud iam service-accounts create ${name} --project=${project}, or correct \`serviceAccount\``,
  );
}

/** https://cloud.google.com/tasks/docs/reference/rest/v2/OidcToken: the account must be of the queue's project. */
function foreign(email: string, project: string, expected: string): Finding {
  return failed(
    `the service account ${email} belongs to the project ${project}, the queue to ${expected}: Cloud Tasks attaches tokens only of accounts of its own project`,
    `create an account in ${expected}, and set it as \`serviceAccount\``,
  );
}

function judge(email: string, { projectId, disabled }: AccountJson, { setup }: Facts): Finding {
  if (projectId !== undefined && projectId !== setup.project && !/^\d+$/.test(setup.project)) {
    return foreign(email, projectId, setup.project);
  }
  if (disabled) {
    return failed(
      `the service account ${email} is disabled, so Cloud Tasks gets no tokens of it`,
      `gcloud iam service-accounts enable ${email} --project=${projectId ?? setup.project}`,
    );
  }
  if (projectId === undefined) return unknown(`the answer about ${email} names no project`);
  return ok(`the service account ${email} exists, is enabled, and belongs to the queue's project`);
}
