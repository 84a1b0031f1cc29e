import { errorMessage } from "cloudtask/internal";
import { type Check, type Finding, unknown } from "./check.ts";
import type { Facts } from "./facts.ts";
import { GoogleFailure } from "./google/google-failure.ts";
import { granteeOf } from "./grantee.ts";

/** A check with its finding. */
export interface Checked extends Finding {
  readonly id: string;
}

const LIMIT_MS = 15_000;

/** Notified while the checks run. */
export interface Watcher {
  /** Called when the finding of a check is awaited. */
  readonly awaiting: (id: string) => void;
  /** Called with each finding, in the order of the checks. */
  readonly show: (checked: Checked) => void;
}

/** Runs all checks at once. A check that fails, throws or hangs does not affect the others. */
export async function runChecks(
  checks: readonly Check[],
  facts: Facts,
  { awaiting, show }: Watcher,
): Promise<readonly Checked[]> {
  const running = checks.map((check) => ({ id: check.id, result: runOne(check, facts) }));
  const done: Checked[] = [];
  for (const { id, result } of running) {
    awaiting(id);
    const checked = { id, ...(await result) };
    done.push(checked);
    show(checked);
  }
  return done;
}

async function runOne(check: Check, facts: Facts): Promise<Finding> {
  const { limitMs = LIMIT_MS } = check;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => resolve(unknown(`no result within ${limitMs / 1_000} s`)), limitMs);
  });
  try {
    return await Promise.race([check.run(facts), late]);
  } catch (error) {
    return error instanceof GoogleFailure ? await unreadable(error, check, facts) : unknown(errorMessage(error));
  } finally {
    clearTimeout(timer);
  }
}

/** The facts could not be read, which is not a failure of what is checked. */
async function unreadable(failure: GoogleFailure, { needs }: Check, facts: Facts): Promise<Finding> {
  if (failure.kind === "credentials")
    return unknown("not checked without an access token; see the check `credentials`");
  if (failure.kind === "network" && facts.setup.emulator)
    return unknown("the emulator does not answer; see the check `api`");
  if (failure.reason === "SERVICE_DISABLED") return unknown(failure.message, failure.activationUrl);
  if (failure.isDenied && needs !== undefined) {
    const member = await granteeOf(facts);
    const grant = `gcloud projects add-iam-policy-binding ${facts.setup.project} --member=${member} --role=${needs}`;
    return unknown(`a permission to read this is missing: ${failure.message}`, grant);
  }
  return unknown(failure.message);
}
