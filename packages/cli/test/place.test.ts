import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { gcloudConfig } from "../src/place/gcloud-config.ts";
import { temporaryFolder } from "./support/folder.ts";
import { runWith } from "./support/run-here.ts";

test.each([
  ["", {}, {}],
  ["[core]\nproject = p\n[run]\nregion=europe-west1\n", {}, { project: "p", location: "europe-west1" }],
  ["[core]\n# project = no\naccount = a\n[compute]\nregion = us-east1\n", {}, { location: "us-east1" }],
  [
    "[core]\nproject = p\n",
    { CLOUDSDK_CORE_PROJECT: "q", CLOUDSDK_RUN_REGION: "asia-east1" },
    { project: "q", location: "asia-east1" },
  ],
  ["[compute]\nregion = a\n[run]\nregion = b\n", {}, { location: "b" }],
])("the configuration of gcloud %j with %j names %j", async (file, env, expected) => {
  await using folder = await temporaryFolder();
  mkdirSync(join(folder.path, "configurations"));
  await folder.write("configurations/config_work", file);
  await folder.write("active_config", "work\n");
  const { project, location } = gcloudConfig({ CLOUDSDK_CONFIG: folder.path, ...env });
  expect({ project, location }).toEqual({ project: undefined, location: undefined, ...expected });
});

test("CLOUDSDK_ACTIVE_CONFIG_NAME selects a configuration, and is no path", async () => {
  await using folder = await temporaryFolder();
  mkdirSync(join(folder.path, "configurations"));
  await folder.write("configurations/config_other", "[core]\nproject = other\n");
  await folder.write("secret", "[core]\nproject = secret\n");
  const projectOf = (name: string): string | undefined =>
    gcloudConfig({ CLOUDSDK_CONFIG: folder.path, CLOUDSDK_ACTIVE_CONFIG_NAME: name }).project;
  expect([projectOf("other"), projectOf("x/../../secret"), projectOf("none")]).toEqual(["other", undefined, undefined]);
});

test.each([
  [[], "the project is missing; pass --project"],
  [["--project", "p"], "the location is missing; pass --location"],
])("without a place, %j is rejected", async (args, message) => {
  expect(await runWith({}, "queues", "list", ...args)).toMatchObject({
    code: 2,
    err: expect.stringContaining(message),
  });
});

test("a file with an access token that cannot be read is named", async () => {
  const env = { CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: "/nonexistent/token" };
  expect(await runWith(env, "queues", "list", "--project=p", "--location=l")).toMatchObject({
    code: 2,
    err: expect.stringContaining("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: the file /nonexistent/token cannot be read"),
  });
});

test("in Google Cloud, a change is announced on stderr, and reads are not", async () => {
  // The API of the emulator, called as that of Google Cloud: with a token, by the endpoint of gcloud.
  await using cloud = await createEmulator({
    port: 0,
    project: "prod",
    location: "europe-west1",
    queues: { mail: null },
  });
  await using folder = await temporaryFolder();
  const token = await folder.write("token", "secret-token\n");
  const env = { CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS: `${cloud.url}/`, CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: token };
  const where = ["--project", "prod", "--location", "europe-west1"];
  const paused = await runWith(env, "queues", "pause", "mail", ...where);
  expect(paused).toMatchObject({
    code: 0,
    err: "Google Cloud, project prod, location europe-west1: pauses the queue mail",
    out: expect.stringMatching(/^state +paused$/m),
  });
  expect(await runWith(env, "queues", "list", ...where)).toMatchObject({ code: 0, err: "" });
  const refused = await runWith(env, "queues", "delete", "mail", ...where);
  expect(refused).toMatchObject({ code: 2, out: "" });
  expect(refused.err).toContain("Google Cloud, project prod, location europe-west1");
  const deleted = await runWith(env, "queues", "delete", "mail", ...where, "--yes");
  expect(deleted).toEqual({
    code: 0,
    out: "deleted the queue mail",
    err: "Google Cloud, project prod, location europe-west1: deletes the queue mail with its tasks",
  });
});
