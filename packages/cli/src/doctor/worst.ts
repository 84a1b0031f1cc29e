import type { CheckStatus, Finding } from "./check.ts";

/** The most important status first. */
const ORDER: readonly CheckStatus[] = ["failed", "warning", "unknown", "skipped", "ok"];

/** Joins the findings of several queues: those with the most important status. */
export function worst(findings: readonly Finding[]): Finding {
  const status = ORDER.find((each) => findings.some((finding) => finding.status === each)) ?? "skipped";
  const selected = findings.filter((finding) => finding.status === status);
  const join = (texts: readonly (string | undefined)[]): string =>
    [...new Set(texts.filter((text) => text !== undefined))].join("; ");
  const remedy = join(selected.map((finding) => finding.remedy));
  return { status, message: join(selected.map(({ message }) => message)), ...(remedy === "" ? {} : { remedy }) };
}
