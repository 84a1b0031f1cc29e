import type { Facts } from "./facts.ts";

/**
 * The result of a check. `warning`: deliveries work, but a limit will surprise. `unknown`: the facts cannot be read. `skipped`: the
 * check does not apply, or a setting for it is missing.
 */
export type CheckStatus = "ok" | "warning" | "failed" | "unknown" | "skipped";

/** The finding of a check. */
export interface Finding {
  readonly status: CheckStatus;
  /** The fact, as the end of a sentence without a full stop. */
  readonly message: string;
  /** The action that repairs it, such as a command. */
  readonly remedy?: string | undefined;
}

/** A check. It reads its facts itself, so no check depends on another one. */
export interface Check {
  /** One word, for the report and for scripts. */
  readonly id: string;
  /** The role that lets the caller read the facts, if a permission is missing. */
  readonly needs?: string;
  /** The time limit, if it differs from that of the other checks. */
  readonly limitMs?: number | undefined;
  /** @throws GoogleFailure if the facts cannot be read; the check is then `unknown` */
  readonly run: (facts: Facts) => Promise<Finding>;
}

export const ok = (message: string): Finding => ({ status: "ok", message });
export const skipped = (message: string): Finding => ({ status: "skipped", message });
export const warning = (message: string, remedy?: string): Finding => ({ status: "warning", message, remedy });
export const failed = (message: string, remedy?: string): Finding => ({ status: "failed", message, remedy });
export const unknown = (message: string, remedy?: string): Finding => ({ status: "unknown", message, remedy });
