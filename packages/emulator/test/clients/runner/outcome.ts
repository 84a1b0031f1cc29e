import { type Client, casesOf } from "../cases.ts";

/** What became of one case with one client. */
export interface Outcome {
  readonly client: string;
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped";
  /** Why it failed or was skipped; empty where it passed. */
  readonly reason: string;
}

const states: Readonly<Record<string, Outcome["state"]>> = { ok: "passed", failed: "failed", skipped: "skipped" };

/** All cases of a client, for the same reason. */
export function allOf(client: Client, state: "failed" | "skipped", reason: string): Outcome[] {
  return casesOf(...client.groups).map(({ name }) => ({ client: client.name, name, state, reason }));
}

/**
 * Reads the lines that the program of a client writes: `{case} ok`, `{case} failed {reason}`, `{case} skipped {reason}`. A
 * case without a line has failed.
 *
 * @param client - what it ran for
 * @param lines - what it wrote
 * @param missing - what to say of cases that it wrote nothing about
 * @throws Error for a case that is none of this client's
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
  const known = new Set(outcomes.map(({ name }) => name));
  const unknown = [...written.keys()].filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new Error(`${client.name} ran ${unknown.join(", ")}, which cases.ts does not list for it`);
  return outcomes;
}
