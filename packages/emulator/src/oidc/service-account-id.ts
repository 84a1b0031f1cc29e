import { createHash } from "node:crypto";

/** A service account's unique id is a number of 21 digits; this one is always the same for an email. */
export function serviceAccountId(email: string): string {
  const hash = createHash("sha256").update(email).digest().readBigUInt64BE();
  return `1${String(hash).padStart(20, "0")}`;
}
