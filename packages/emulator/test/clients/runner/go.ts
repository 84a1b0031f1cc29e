import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Client } from "../cases.ts";
import { run } from "./command.ts";
import { startControl } from "./control.ts";
import { allOf, type Outcome, outcomesOf } from "./outcome.ts";

const folder = fileURLToPath(new URL("../go/", import.meta.url));

const wires: Readonly<Record<string, string>> = { "go-grpc": "grpc", "go-rest": "rest" };

/** Builds the Go program and runs it for each Go client. */
export async function runGo(clients: readonly Client[], cache: string): Promise<Outcome[]> {
  const { status: absent } = await run("go", ["version"]);
  if (absent !== 0) return clients.flatMap((client) => allOf(client, "skipped", "there is no Go"));
  const program = join(cache, process.platform === "win32" ? "clients.exe" : "clients");
  const { status, error } = await run("go", ["build", "-o", program, "."], { cwd: folder });
  if (status !== 0) {
    const state = error.includes("go.mod requires go") ? "skipped" : "failed";
    return clients.flatMap((client) => allOf(client, state, `go build: ${error}`));
  }
  const outcomes: Outcome[] = [];
  for (const client of clients) {
    await using control = await startControl();
    const finished = await run(program, [wires[client.name] ?? ""], { env: { CONTROL_URL: control.url } });
    outcomes.push(...outcomesOf(client, finished.lines, `not reported; ${finished.error}`));
  }
  return outcomes;
}
