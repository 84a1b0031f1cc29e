import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Client } from "../cases.ts";
import { run } from "./command.ts";
import { type Outcome, outcomesOf } from "./outcome.ts";

const root = fileURLToPath(new URL("../../../../../", import.meta.url));

const files = ["node-v2", "node-beta", "firebase-admin"].map(
  (name) => `packages/emulator/test/clients/${name}.test.ts`,
);

interface Report {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Runs the tests of the Node clients and reads the outcome of each from the report. */
export async function runNode(clients: readonly Client[]): Promise<Outcome[]> {
  const folder = mkdtempSync(join(tmpdir(), "cloudtask-clients-"));
  try {
    const output = join(folder, "report.json");
    const args = ["vitest", "run", "--reporter=json", `--outputFile=${output}`, ...files];
    const { error } = await run("npx", args, { cwd: root });
    const lines = existsSync(output) ? linesOf(JSON.parse(readFileSync(output, "utf8")) as Report) : new Map();
    return clients.flatMap((client) => outcomesOf(client, lines.get(client.name) ?? [], `not reported; ${error}`));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Converts the report to the output format of the other clients. Test titles are `{client} {case}: {behaviour}`. */
function linesOf({ testResults }: Report): Map<string, string[]> {
  const lines = new Map<string, string[]>();
  for (const { title, status, failureMessages } of testResults.flatMap((file) => file.assertionResults)) {
    const [, client = "", name = ""] = /^(\S+) (\S+):/.exec(title) ?? [];
    const reason = failureMessages.join(" ").split("\n")[0] ?? "";
    const line = status === "passed" ? `${name} ok` : `${name} failed ${reason}`;
    lines.set(client, [...(lines.get(client) ?? []), line]);
  }
  return lines;
}
