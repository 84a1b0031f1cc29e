import { type Check, failed, ok, skipped, unknown } from "../check.ts";
import { projectOfAccount } from "../facts.ts";
import { GoogleFailure } from "../google/google-failure.ts";
import { granteeOf } from "../grantee.ts";

const ACT_AS = "iam.serviceAccounts.actAs";

/** Whether the caller may act as the account of the tokens. Without it, every push is rejected. */
export const actAsCheck: Check = {
  id: "act-as",
  run: async (facts) => {
    const { serviceAccount: email, emulator, project } = facts.setup;
    if (email === undefined) return skipped("no service account is set");
    if (emulator) return skipped("an emulator does not check it");
    const home = projectOfAccount(email, project);
    try {
      const { json } = await facts.api.call("iam", {
        method: "POST",
        path: `/v1/projects/${home}/serviceAccounts/${email}:testIamPermissions`,
        body: { permissions: [ACT_AS] },
      });
      const { permissions = [] } = Object(json) as { readonly permissions?: readonly string[] };
      if (permissions.includes(ACT_AS)) return ok(`the caller may act as ${email}`);
    } catch (error) {
      if (error instanceof GoogleFailure && error.status === "NOT_FOUND") {
        return unknown(`the service account ${email} was not found; see the check \`account\``);
      }
      throw error;
    }
    return failed(
      `the caller may not act as ${email} (${ACT_AS}), so Cloud Tasks rejects its pushes`,
      `gcloud iam service-accounts add-iam-policy-binding ${email} --project=${home} --member=${await granteeOf(facts)} --role=roles/iam.serviceAccountUser`,
    );
  },
};
