import { errorText } from "../core/error-text.ts";
import type { Envelope } from "../payload/codec.ts";
import type { ExecutionOutcome } from "./execution-outcome.ts";
import { keepDelivery } from "./keep-discarded.ts";
import type { Registry } from "./registry.ts";
import { logOf, redactOf } from "./registry-log.ts";
import type { DeliveryFacts } from "./run.ts";
import { settle } from "./settle.ts";

/**
 * Discards a delivery that no definition can run.
 *
 * @param message - states the problem
 */
export async function discardUnknown(
  registry: Registry,
  envelope: Envelope,
  facts: DeliveryFacts,
  message: string,
): Promise<ExecutionOutcome> {
  const reason = "unknown-task";
  const error = new Error(message);
  logOf(registry)?.warn(`discarded an unknown task: ${message}`);
  const kept = await settle(() => keepDelivery(registry, { record: undefined, reason, error }, envelope, facts));
  if ("value" in kept) return { kind: "discarded", reason, error, summary: message };
  logOf(registry)?.error("an unknown task has no dead letter", { error: kept.error });
  const summary = `${message}. It was not discarded: ${errorText(kept.error, redactOf(registry))}`;
  return { kind: "discard-failed", error: kept.error, summary };
}
