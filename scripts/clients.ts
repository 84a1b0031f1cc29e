/**
 * Runs the same list of cases with published third-party clients against the emulator: `tsx scripts/clients.ts [node] [python]
 * [go] [java] [gcloud]`, by default with all of them. Installs the clients in node_modules/.cache, and prints a table of cases and clients.
 * Toolchains that are not installed are skipped.
 */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Client, clients } from "../packages/emulator/test/clients/cases.ts";
import { runGcloud } from "../packages/emulator/test/clients/runner/gcloud.ts";
import { runGo } from "../packages/emulator/test/clients/runner/go.ts";
import { runJava } from "../packages/emulator/test/clients/runner/java.ts";
import { runNode } from "../packages/emulator/test/clients/runner/node.ts";
import type { Outcome } from "../packages/emulator/test/clients/runner/outcome.ts";
import { runPython } from "../packages/emulator/test/clients/runner/python.ts";
import { reasonsOf, tableOf } from "../packages/emulator/test/clients/runner/table.ts";

const runners: Readonly<
  Record<Client["toolchain"], (clients: readonly Client[], cache: string) => Promise<readonly Outcome[]>>
> = { node: runNode, python: runPython, go: runGo, java: runJava, gcloud: runGcloud };

const cache = fileURLToPath(new URL("../node_modules/.cache/cloudtask-clients/", import.meta.url));
mkdirSync(cache, { recursive: true });

const toolchains = Object.keys(runners) as Client["toolchain"][];
const unknown = process.argv.slice(2).filter((name) => !toolchains.some((toolchain) => toolchain === name));
if (unknown.length > 0) throw new TypeError(`expected any of ${toolchains.join(", ")}, received ${unknown.join(", ")}`);
const selected = toolchains.filter((toolchain) => process.argv.length === 2 || process.argv.includes(toolchain));

// At the same time, because each of them waits for downloads and for programs that it starts.
const finished = selected.map((toolchain): Promise<readonly Outcome[]> => {
  const toolchainClients = clients.filter((client) => client.toolchain === toolchain);
  return runners[toolchain](toolchainClients, cache);
});
const outcomes = (await Promise.all(finished)).flat();
const selectedClients = clients.filter(({ toolchain }) => selected.includes(toolchain));
console.log(tableOf(selectedClients, outcomes));
for (const line of reasonsOf(outcomes)) console.log(line);
const count = (state: Outcome["state"]): number => outcomes.filter((outcome) => outcome.state === state).length;
console.log(`\n${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`);
process.exitCode = count("failed") > 0 ? 1 : 0;
