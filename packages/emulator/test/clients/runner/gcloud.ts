import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmulator } from "@cloudtask/emulator";
import { errorMessage } from "cloudtask/internal";
import { type Client, casesOf } from "../cases.ts";
import { type Gcloud, gcloudCases } from "../gcloud/gcloud-cases.ts";
import { run } from "./command.ts";
import { allOf, type Outcome } from "./outcome.ts";

/** Runs the cases of Google's command line, each on an emulator of its own. */
export async function runGcloud(clients: readonly Client[]): Promise<Outcome[]> {
  const { status } = await run("gcloud", ["--version"]);
  if (status !== 0) return clients.flatMap((client) => allOf(client, "skipped", "there is no gcloud"));
  const config = mkdtempSync(join(tmpdir(), "cloudtask-gcloud-"));
  try {
    const outcomes = clients.flatMap((client) =>
      casesOf("gcloud").map(async ({ name }): Promise<Outcome> => {
        const reason = await reasonOf((gcloud) => gcloudCases[name](gcloud), config);
        return { client: client.name, name, state: reason === "" ? "passed" : "failed", reason };
      }),
    );
    return await Promise.all(outcomes);
  } finally {
    rmSync(config, { recursive: true, force: true });
  }
}

/** Why a case fails; empty if it passes. */
async function reasonOf(runCase: (gcloud: Gcloud) => Promise<void>, config: string): Promise<string> {
  await using emulator = await createEmulator({ project: "p", location: "l", queues: ["q"] });
  const env = {
    CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS: `${emulator.url}/`,
    CLOUDSDK_AUTH_DISABLE_CREDENTIALS: "true",
    CLOUDSDK_CONFIG: config,
    CLOUDSDK_CORE_DISABLE_PROMPTS: "true",
    CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: "true",
    CLOUDSDK_CORE_PROJECT: "p",
    CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: "true",
  };
  const gcloud: Gcloud = async (...args) => {
    const { status, lines, error } = await run("gcloud", ["tasks", ...args, "--location=l", "--format=json"], { env });
    if (status !== 0) throw new Error(`gcloud tasks ${args.join(" ")}: ${error}`);
    return JSON.parse(lines.join("\n") || "null");
  };
  try {
    await runCase(gcloud);
    return "";
  } catch (error) {
    return errorMessage(error).replaceAll(/\s+/g, " ");
  }
}
