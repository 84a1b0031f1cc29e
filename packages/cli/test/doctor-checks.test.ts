import { expect, test } from "vitest";
import { type Check, ok } from "../src/doctor/check.ts";
import { Facts, projectOfAccount } from "../src/doctor/facts.ts";
import { checkText, verdictText } from "../src/doctor/report.ts";
import { type Checked, runChecks } from "../src/doctor/run-checks.ts";
import type { Setup } from "../src/doctor/setup.ts";
import { isPrivateHost } from "../src/doctor/worker/unreachable.ts";
import { readWorkerAnswer } from "../src/doctor/worker/worker-answer.ts";
import { runHere, runWith } from "./support/run-here.ts";

const setup: Setup = {
  project: "p",
  location: "l",
  label: "",
  emulator: undefined,
  token: () => "token",
  queues: ["mail"],
  url: undefined,
  serviceAccount: undefined,
  audience: undefined,
  secret: undefined,
  secretHeader: "X-CloudTask-Secret",
  uses: undefined,
  dispatchDeadlineMs: 600_000,
  runService: undefined,
  delivers: false,
  deliveryTimeoutMs: 0,
  env: {},
};

test("a check that throws or hangs does not affect the others, and the order is kept", async () => {
  const checks: readonly Check[] = [
    { id: "hangs", limitMs: 5, run: () => new Promise(() => undefined) },
    { id: "throws", run: () => Promise.reject(new Error("a bug")) },
    { id: "works", run: async () => ok("fine") },
  ];
  const shown: Checked[] = [];
  const awaited: string[] = [];
  const watcher = { awaiting: (id: string) => void awaited.push(id), show: (each: Checked) => void shown.push(each) };
  const found = await runChecks(checks, new Facts(setup), watcher);
  expect(found).toEqual([
    { id: "hangs", status: "unknown", message: "no result within 0.005 s" },
    { id: "throws", status: "unknown", message: "a bug" },
    { id: "works", status: "ok", message: "fine" },
  ]);
  expect(shown).toEqual(found);
  expect(awaited).toEqual(["hangs", "throws", "works"]);
});

const broken: Checked = {
  id: "queue",
  status: "failed",
  message: "the queue mail is paused, and delivers nothing",
  remedy: "gcloud tasks queues resume mail --location=europe-west1",
};

test("a finding is one line for a file, and is wrapped on a terminal", () => {
  const paint = (_: string, text: string): string => text;
  expect(checkText(broken, { paint, columns: undefined })).toBe(
    `✗ queue         ${broken.message}\n                → ${broken.remedy}`,
  );
  expect(checkText(broken, { paint, columns: 61 }).split("\n")).toEqual([
    "✗ queue         the queue mail is paused, and delivers",
    "                nothing",
    "                → gcloud tasks queues resume mail",
    "                  --location=europe-west1",
  ]);
  expect(checkText(broken, { paint, columns: 40 }).split("\n")).toEqual([
    "✗ queue",
    "    the queue mail is paused, and",
    "    delivers nothing",
    "    → gcloud tasks queues resume mail",
    "      --location=europe-west1",
  ]);
});

test("the symbol and the verdict have colors", () => {
  const paint = (tone: string, text: string): string => `<${tone}>${text}</>`;
  expect(checkText(broken, { paint, columns: undefined })).toMatch(/^<bad>✗<\/> <strong>queue/);
  expect(checkText({ ...broken, status: "warning" }, { paint, columns: undefined })).toMatch(/^<warn>!<\/>/);
  expect(verdictText([broken], { paint, columns: undefined })).toBe("<bad>✗ 1 problem: queue; ok: 0</>");
});

test.each([
  [401, '{"status":"unauthenticated","message":"m"}', "unauthenticated"],
  [200, '{"status":"success","result":"pong"}', "success"],
  [200, '{"status":"success"}', "success"],
  [403, '{"status":"unauthenticated","message":"m"}', undefined],
  [401, '{"status":"unauthenticated"}', undefined],
  [401, '{"error":"unauthenticated"}', undefined],
  [200, "<html>", undefined],
  [200, "null", undefined],
])("an answer %i %s is recognized as %s", (status, body, kind) => {
  expect(readWorkerAnswer(status, body)?.kind).toBe(kind);
});

test.each([
  ["tasks@p.iam.gserviceaccount.com", "p"],
  ["tasks@app.example.com.iam.gserviceaccount.com", "example.com:app"],
  ["p@appspot.gserviceaccount.com", "p"],
  ["123-compute@developer.gserviceaccount.com", "fallback"],
])("the account %s is of the project %s", (email, project) => {
  expect(projectOfAccount(email, "fallback")).toBe(project);
});

test.each([
  ["http://localhost:8080/", true],
  ["http://api.localhost/", true],
  ["https://10.1.2.3/", true],
  ["https://172.16.0.1/", true],
  ["https://172.32.0.1/", false],
  ["http://[::1]:80/", true],
  ["http://[fd00::1]/", true],
  ["https://api.internal/", true],
  ["https://api.example.com/", false],
  ["https://localhost.example.com/", false],
])("%s is a private host: %s", (url, isPrivate) => {
  expect(isPrivateHost(url)).toBe(isPrivate);
});

test.each([
  [["--url", "ftp://x"], {}, "--url: expected a URL with http:// or https://"],
  [[], { CLOUDTASK_URL: "x" }, "CLOUDTASK_URL: expected a URL"],
  [["--queue", "a/b"], {}, '--queue: expected the id of a queue, such as mail; received "a/b"'],
  [["--service-account", "tasks"], {}, "--service-account: expected the e-mail address of a service account"],
  [["--secret-env", "NONE"], {}, "--secret-env: the environment variable NONE is not set"],
  [["--secret-file", "/nonexistent"], {}, "--secret-file /nonexistent: the file cannot be read"],
  [["--timeout", "soon"], {}, '--timeout: expected a duration such as "250ms"'],
  [["--client", "/nonexistent.js"], {}, "--client /nonexistent.js: the module cannot be imported"],
  [["--client", "packages/cli/src/usage-error.ts"], {}, "the module exports no CloudTaskClient; export it"],
  [
    ["--client", "packages/cli/test/support/doctor-client-without-retry.ts"],
    {},
    "Set its environment variable here too, or pass --url",
  ],
])("cloudtask doctor %j with %j exits with 2: %s", async (args, env, message) => {
  const result = await runWith(env, "doctor", "--project=p", "--location=l", ...args);
  expect(result).toMatchObject({ code: 2, out: "" });
  expect(result.err).toContain(message);
});

test("without a project, the doctor exits with 2", async () => {
  expect(await runHere("doctor")).toMatchObject({ code: 2, err: expect.stringContaining("the project is missing") });
});
