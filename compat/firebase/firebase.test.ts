import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runNode } from "../next-16/support/node-process.ts";

const DISCOVERY = resolve(import.meta.dirname, "node_modules/firebase-functions/lib/bin/firebase-functions.js");

/** A module as users write it: its configuration comes from variables that are unset during a deploy. */
const MODULE = `
import { CloudTaskClient } from "cloudtask";
import { cloudTaskFunction } from "cloudtask/functions";
import { onRequest } from "firebase-functions/v2/https";

const client = new CloudTaskClient({
  url: process.env.TASKS_URL,
  secret: process.env.TASKS_SECRET,
  serviceAccount: () => process.env.TASKS_ACCOUNT ?? "",
});
client.task("welcome", async () => undefined);
export const tasks = onRequest(cloudTaskFunction(client));
`;

test("Firebase's discovery, which runs at deploy without any variable, finds the function of a worker", async () => {
  const folder = join(import.meta.dirname, ".built");
  mkdirSync(folder, { recursive: true });
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(import.meta.dirname, "package.json"), join(folder, "package.json"));
  writeFileSync(join(folder, "index.js"), MODULE);
  const manifest = join(folder, "functions.yaml");
  await runNode([DISCOVERY, folder], {
    cwd: folder,
    env: { FUNCTIONS_MANIFEST_OUTPUT_PATH: manifest, GCLOUD_PROJECT: "demo" },
  });
  expect(readFileSync(manifest, "utf8")).toMatch(/"?tasks"?:/);
});
