import { createHash } from "node:crypto";

/** Returns the numeric id of a service account: 21 digits, like at Google, derived from its email. */
export function serviceAccountId(email: string): string {
  const hash = createHash("sha256").update(email).digest().readBigUInt64BE();
  return `1${String(hash).padStart(20, "0")}`;
}
