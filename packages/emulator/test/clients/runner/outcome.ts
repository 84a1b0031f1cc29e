import { type Client, casesOf } from "../cases.ts";

/** The outcome of a case with a client. */
export interface Outcome {
  readonly client: string;
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped";
  /** Why the case failed or was skipped; empty if it passed. */
  readonly reason: string;
}

const states: Readonly<Record<string, Outcome["state"]>> = { ok: "passed", failed: "failed", skipped: "skipped" };

/** Outcomes of all cases of a client that failed or were skipped for the same reason. */
export function allOf(client: Client, state: "failed" | "skipped", reason: string): Outcome[] {
  return casesOf(...client.groups).map(({ name }) => ({ client: client.name, name, state, reason }));
}

/**
 * Parses the output of a client's program, one line per case: `{case} ok`, `{case} failed {reason}` or `{case} skipped
 * {reason}`. A case without a line has failed.
 *
 * @param missing - the reason of cases without a line
 * @throws Error for a case that does not belong to the client
 */
export function outcomesOf(client: Client, lines: readonly string[], missing: string): Outcome[] {
  const written = new Map(
    lines.flatMap((line): [string, Outcome][] => {
      const [, name = "", word = "", reason = ""] = /^(\S+) (ok|failed|skipped)(?: (.*))?$/.exec(line) ?? [];
      const state = states[word];
      return state === undefined ? [] : [[name, { client: client.name, name, state, reason }]];
    }),
  );
  const outcomes = allOf(client, "failed", missing).map((outcome) => written.get(outcome.name) ?? outcome);
  const expected = new Set(outcomes.map(({ name }) => name));
  const unknown = [...written.keys()].filter((name) => !expected.has(name));
  if (unknown.length > 0)
    throw new Error(`${client.name} ran ${unknown.join(", ")}, which cases.ts does not list for it`);
  return outcomes;
}
