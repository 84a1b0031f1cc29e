import type { Facts } from "./facts.ts";
import { memberOf } from "./google/identity.ts";

/** Returns the caller as a member of IAM policies, or a placeholder if the address is unknown. */
export async function granteeOf(facts: Facts): Promise<string> {
  const { email } = await facts.identity().catch(() => ({ email: undefined }));
  return email === undefined ? "MEMBER" : memberOf(email);
}
