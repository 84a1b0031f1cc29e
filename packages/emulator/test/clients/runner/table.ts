import { type Client, casesOf } from "../cases.ts";
import type { Outcome } from "./outcome.ts";

const marks: Readonly<Record<Outcome["state"], string>> = { passed: "✓", failed: "✗", skipped: "–" };

/** The table of cases by clients. A cell is empty if the client does not run the case. */
export function tableOf(clients: readonly Client[], outcomes: readonly Outcome[]): string {
  const groups = [...new Set(clients.flatMap((client) => client.groups))];
  const cases = casesOf(...groups).map(({ name }) => name);
  const width = Math.max(...cases.map((name) => name.length));
  const header = ["".padEnd(width), ...clients.map(({ name }) => name)].join("  ");
  const rows = cases.map((name) => {
    const cells = clients.map((client) => {
      const outcome = outcomes.find((each) => each.client === client.name && each.name === name);
      return (outcome ? marks[outcome.state] : "").padEnd(client.name.length);
    });
    return [name.padEnd(width), ...cells].join("  ").trimEnd();
  });
  return [header, ...rows].join("\n");
}

/** The reasons of failed cases, one line each, and of skipped cases, one line per reason. */
export function reasonsOf(outcomes: readonly Outcome[]): string[] {
  const failed = outcomes.filter(({ state }) => state === "failed");
  const skipped = outcomes.filter(({ state }) => state === "skipped");
  return [
    ...failed.map(({ client, name, reason }) => `✗ ${client} ${name}: ${reason}`),
    ...new Set(skipped.map(({ client, reason }) => `– ${client}: ${reason}`)),
  ];
}
