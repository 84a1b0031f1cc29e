import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator } from "@cloudtask/emulator";
import { CloudTaskClient } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";
import { expect, onTestFinished, test } from "vitest";
import { checks } from "../src/doctor/checks/checks.ts";
import { doctorGroups } from "../src/doctor/doctor-flags.ts";
import { reportOf } from "./support/doctor-bench.ts";
import { PERMISSIONS, service } from "./support/doctor-faults.ts";
import { runWith } from "./support/run-here.ts";

const page = readFileSync("docs/doctor.md", "utf8");
const [faults = [], emulated = []] = [...page.matchAll(/^```text\n([\s\S]*?)^```$/gm)].map(([, block = ""]) =>
  block.trimEnd().split("\n"),
);

test("the output on the page is real", async () => {
  const answers = (url: string) => ({ ...service({ spec: { timeoutSeconds: 300 } })(url), [PERMISSIONS]: {} });
  const audience = "https://worker-123.europe-west1.run.app";
  const lines = await reportOf({ answers, client: { audience } });
  expect(lines.map((line) => line.replaceAll(/(project[ =]|tasks@)p\b/g, "$1my-gcp-project"))).toEqual(faults);
});

test("the output of an emulator on the page is real", async () => {
  await using emulator = await createEmulator({ port: 0, queues: ["mail"] });
  const secret = "s3cret-key";
  const client = new CloudTaskClient({ emulatorHost: emulator.host, url: "http://localhost/", secret });
  const server = createServer(cloudTaskListener(client)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  const url = `http://localhost:${port}/tasks/run`;
  const env = { CLOUD_TASKS_EMULATOR_HOST: emulator.host, TASKS_SECRET: secret };
  const call = ["doctor", "--deliver", "--queue=mail", `--url=${url}`, "--secret-env=TASKS_SECRET"];
  const { out } = await runWith(env, ...call);
  const shown = out
    .replaceAll(emulator.host, "localhost:8123")
    .replaceAll(`localhost:${port}`, "localhost:8080")
    .replace(/\d+ ms/, "12 ms");
  expect(shown.split("\n")).toEqual(emulated);
});

test("the page names every check, every option and every role", () => {
  const [, table = ""] = page.split("## What is checked?");
  const ids = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, id]) => id);
  expect(ids).toEqual([...checks.map(({ id }) => id), "delivery"]);
  const [settings] = doctorGroups;
  expect(settings?.flags.map(({ name }) => `--${name}`).filter((flag) => !page.includes(flag))).toEqual([]);
  expect(checks.map(({ needs }) => needs ?? "").filter((role) => !page.includes(role))).toEqual([]);
});
