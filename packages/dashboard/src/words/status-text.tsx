import type { JSX } from "preact";
import type { FinishedJson } from "../source/json.ts";

/** Returns how an attempt ended: its status, or why there was no answer. */
export function statusText({ status, error }: Pick<FinishedJson, "status" | "error">): string {
  return error ?? (status === undefined ? "no answer" : String(status));
}

/** The status of an attempt. The pages show the error of the connection beside it. */
export function StatusBadge({ attempt }: { readonly attempt: FinishedJson }): JSX.Element {
  return <span class={`badge ${toneOf(attempt)}`}>{attempt.status ?? "no answer"}</span>;
}

function toneOf({ outcome, discarded }: FinishedJson): string {
  if (discarded || outcome === "exhausted") return "bad";
  if (outcome === "retrying") return "warn";
  return outcome === "succeeded" ? "ok" : "quiet";
}
