import { expect, test, vi } from "vitest";
import { ACCOUNT } from "../../cloudtask/test/support/issuer.ts";
import { diagnose } from "./support/doctor-bench.ts";
import {
  ACT_AS,
  answering,
  GET_ACCOUNT,
  missing,
  PERMISSIONS,
  POLICY,
  platform,
  QUEUE,
  QUEUES,
  queue,
  type Row,
  rowsOf,
  service,
  WITHOUT_ACCOUNT,
} from "./support/doctor-faults.ts";
import { disabled, Reply, rejected } from "./support/google-stand-in.ts";

test("a correct setup has no problems", async () => {
  const { code, ok, verdict, checks } = await diagnose();
  expect(checks.map(({ id, status }) => `${status} ${id}`)).toEqual(
    [
      ...["environment", "credentials", "api", "clock", "queue", "permissions", "account", "act-as", "worker"],
      ...["audience", "invoker", "deadline", "concurrency", "attempts", "dead-letters"],
    ].map((id) => `ok ${id}`),
  );
  expect({ code, ok, verdict }).toEqual({ code: 0, ok: true, verdict: "no problem found; ok: 15" });
});

/** Deliveries fail. */
const failures: readonly Row[] = [
  [
    "environment",
    { answers: service({ spec: { containers: [{ env: [{ name: "CLOUD_TASKS_EMULATOR_HOST", value: "x:1" }] }] } }) },
    /^CLOUD_TASKS_EMULATOR_HOST is set on the Cloud Run service worker/,
    "gcloud run services update worker --region=europe-west1 --remove-env-vars=CLOUD_TASKS_EMULATOR_HOST",
  ],
  [
    "credentials",
    { answers: { "oauth2 POST /tokeninfo": { email: "a@b.c", scope: "https://www.googleapis.com/auth/devstorage" } } },
    /has no scope for Cloud Tasks, only https:\/\/www.googleapis.com\/auth\/devstorage$/,
    /the scope cloud-platform/,
  ],
  [
    "api",
    { answers: { [`${QUEUES}?pageSize=1`]: disabled("cloudtasks.googleapis.com") } },
    "the Cloud Tasks API is disabled in the project p",
    "gcloud services enable cloudtasks.googleapis.com --project=p, or https://console.developers.google.com/apis/api/cloudtasks.googleapis.com/overview?project=p; wait some minutes",
  ],
  [
    "api",
    { answers: { [`${QUEUES}?pageSize=1`]: rejected(401, "UNAUTHENTICATED", "Invalid credentials.") } },
    /401 UNAUTHENTICATED: Invalid credentials\./,
    /gcloud auth application-default login/,
  ],
  [
    "api",
    {
      answers: { [`${QUEUES}?pageSize=1`]: rejected(400, "INVALID_ARGUMENT", "Location 'europe-west1' is not valid.") },
    },
    /Location 'europe-west1' is not valid/,
    /offered in europe-west1/,
  ],
  [
    "clock",
    {
      answers: {
        "cloudtasks GET /v2/projects/p/locations": new Reply(403, {}, { Date: "Tue, 01 Jan 2030 00:00:00 GMT" }),
      },
    },
    /this machine's clock is .* behind Google's/,
    /NTP/,
  ],
  [
    "queue",
    { answers: { [QUEUE]: missing } },
    "the queue mail does not exist in the project p and the location europe-west1",
    "gcloud tasks queues create mail --location=europe-west1 --project=p",
  ],
  [
    "queue",
    { answers: queue({ state: "PAUSED" }) },
    "the queue mail is paused, and delivers nothing",
    "gcloud tasks queues resume mail --location=europe-west1 --project=p",
  ],
  ["queue", { answers: queue({ state: "DISABLED" }) }, /disabled: a queue\.yaml/, /deploy it again/],
  [
    "permissions",
    { answers: { [PERMISSIONS]: {} } },
    "the caller may not push to the queue mail: cloudtasks.tasks.create is missing",
    "gcloud tasks queues add-iam-policy-binding mail --location=europe-west1 --project=p --member=user:ada@example.com --role=roles/cloudtasks.enqueuer",
  ],
  [
    "account",
    { answers: { [GET_ACCOUNT]: missing } },
    `the service account ${ACCOUNT} does not exist`,
    /gcloud iam service-accounts create tasks --project=p/,
  ],
  [
    "account",
    { answers: { [GET_ACCOUNT]: { projectId: "p", disabled: true } } },
    /is disabled/,
    `gcloud iam service-accounts enable ${ACCOUNT} --project=p`,
  ],
  [
    "account",
    { args: ["--service-account=tasks@other.iam.gserviceaccount.com"] },
    /belongs to the project other, the queue to p/,
    /create an account in p/,
  ],
  [
    "act-as",
    { answers: { [ACT_AS]: {} } },
    /^the caller may not act as tasks@p/,
    `gcloud iam service-accounts add-iam-policy-binding ${ACCOUNT} --project=p --member=user:ada@example.com --role=roles/iam.serviceAccountUser`,
  ],
  [
    "worker",
    { args: ["--url=http://localhost:8080/"] },
    /^Cloud Tasks cannot reach localhost:8080/,
    /a public address/,
  ],
  ["worker", { args: ["--url=http://10.0.0.7/run"] }, /^Cloud Tasks cannot reach 10\.0\.0\.7/],
  ["worker", { args: ["--url=http://no.invalid/"] }, /the host no\.invalid does not resolve/, /DNS/],
  [
    "worker",
    { args: ["--url=http://a.example.com:64999/"] },
    /nothing listens at a\.example\.com:64999/,
    /start the worker/,
  ],
  [
    "worker",
    { worker: { allowUnauthenticated: true } },
    /accepts calls without credentials/,
    /remove `allowUnauthenticated`/,
  ],
  [
    "worker",
    { server: answering(308, { Location: "https://api.example.com/run" }) },
    /redirects with 308 to https:\/\/api\.example\.com\/run/,
    /^set `url` to https:\/\/api\.example\.com\/run/,
  ],
  ["worker", { server: answering(404) }, /a server answers 404/, /with its path/],
  ["worker", { server: answering(405) }, /accepts no POST/, /with its path/],
  ["worker", { server: answering(200) }, /tasks would count as done, and never run/, /with its path/],
  ["worker", { server: answering(403) }, /something in front of the worker rejects the call with 403/, /through/],
  [
    "worker",
    { server: answering(404, { Server: "Google Frontend" }, "Cannot POST /tasks/run") },
    /a server answers 404/,
    /with its path/,
  ],
  ["worker", { server: answering(502) }, /answers 502, but not as a worker/, /the log of the server/],
  ["worker", { server: platform(404) }, /Google's front end answers 404/, /host of `url`/],
  [
    "worker",
    { server: platform(403), args: [WITHOUT_ACCOUNT] },
    /rejects calls without a token \(403\), and no service account is set/,
    /^set `serviceAccount`/,
  ],
  ["worker", { server: platform(503) }, /the platform answers 503/, /the log of the service/],
  [
    "worker",
    { server: answering(500, {}, '{"status":"misconfigured","message":"the worker is misconfigured"}') },
    /500 misconfigured: the worker is misconfigured/,
    /read the log of the worker/,
  ],
  [
    "audience",
    { client: { audience: "https://worker.example.com" } },
    /its audience is "http:.*", but this worker expects "https:\/\/worker\.example\.com"/,
    /^set the same `audience` on both sides; the pushing side sends http:/,
  ],
  [
    "audience",
    { client: { serviceAccount: "other@p.iam.gserviceaccount.com" } },
    /but this worker expects "other@p/,
    /^set the same `serviceAccount` on both sides/,
  ],
  [
    "audience",
    { client: { secret: "s3cret-key" } },
    /the header X-CloudTask-Secret is missing/,
    "set the same `secret` on the pushing client and on the worker's client",
  ],
  [
    "audience",
    { client: { secret: "s3cret-key" }, args: ["--secret-env=SECRET"], env: { SECRET: "another-key" } },
    /a wrong secret/,
    "set the same `secret` on the pushing client and on the worker's client",
  ],
  ["audience", { server: platform(401) }, /the platform rejects the token of tasks@p/, /roles\/run\.invoker/],
  [
    "invoker",
    { answers: { [POLICY]: {} }, server: platform(403) },
    `${ACCOUNT} may not invoke the Cloud Run service worker: deliveries get 403`,
    `gcloud run services add-iam-policy-binding worker --region=europe-west1 --project=p --member=serviceAccount:${ACCOUNT} --role=roles/run.invoker`,
  ],
  [
    "invoker",
    { answers: { [POLICY]: {} }, args: [WITHOUT_ACCOUNT] },
    /requires a token, and no service account is set/,
    /^set `serviceAccount`/,
  ],
  [
    "dead-letters",
    { answers: { [`${QUEUES}/mail-dead`]: { state: "RUNNING" } } },
    /mail-dead is not paused/,
    "gcloud tasks queues pause mail-dead --location=europe-west1 --project=p",
  ],
  [
    "dead-letters",
    { answers: { [`${QUEUES}/mail-dead`]: missing } },
    /mail-dead does not exist/,
    /^gcloud tasks queues create mail-dead .* && gcloud tasks queues pause mail-dead /,
  ],
];

test.each(rowsOf(failures))("%s fails: %s", async (id, message, fault, remedy) => {
  const { code, of, verdict } = await diagnose(fault);
  const finding = of(id);
  expect(finding?.status).toBe("failed");
  expect(finding?.message).toMatch(message);
  expect(finding?.remedy).toMatch(remedy);
  expect(code).toBe(1);
  expect(verdict).toMatch(/^\d+ problems?: /);
});

test("without an access token, only the credentials fail, and the worker is checked", async () => {
  // google-auth-library reads the environment of the process.
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", "/nonexistent/key.json");
  const { code, checks, of } = await diagnose({
    env: { CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: "", GOOGLE_APPLICATION_CREDENTIALS: "/nonexistent/key.json" },
  });
  expect(checks.filter(({ status }) => status === "failed").map(({ id }) => id)).toEqual(["credentials"]);
  expect(of("credentials")).toMatchObject({
    message: expect.stringMatching(/^No access token/),
    remedy: expect.stringMatching(/^On a laptop: /),
  });
  expect(of("queue")).toMatchObject({
    status: "unknown",
    message: expect.stringContaining("see the check `credentials`"),
  });
  expect([of("worker")?.status, code]).toEqual(["ok", 1]);
});

test("an API that does not answer is one failure", async () => {
  const { checks } = await diagnose({ env: { CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS: "http://127.0.0.1:1" } });
  expect(checks.filter(({ status }) => status === "failed")).toEqual([
    expect.objectContaining({ id: "api", message: expect.stringMatching(/^no answer from 127\.0\.0\.1:1 \(/) }),
  ]);
});

test("the permissions of a queue that does not exist are not reported as missing", async () => {
  const { of } = await diagnose({ answers: { [PERMISSIONS]: {}, [QUEUE]: missing } });
  expect(of("permissions")).toMatchObject({
    status: "unknown",
    message: "not checked: the queue mail does not exist; see the check `queue`",
  });
});
