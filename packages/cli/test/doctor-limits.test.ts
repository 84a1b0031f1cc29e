import { expect, test } from "vitest";
import { ACCOUNT } from "../../cloudtask/test/support/issuer.ts";
import { diagnose } from "./support/doctor-bench.ts";
import {
  answering,
  GET_ACCOUNT,
  ID_TOKEN,
  INVOKERS,
  PERMISSIONS,
  POLICY,
  PROJECT_POLICY,
  platform,
  QUEUES,
  queue,
  type Row,
  rowsOf,
  SERVICES,
  service,
  WITHOUT_ACCOUNT,
} from "./support/doctor-faults.ts";
import { denied, disabled, Reply } from "./support/google-stand-in.ts";

/** Deliveries work, but a limit will surprise. */
const warnings: readonly Row[] = [
  [
    "queue",
    { answers: queue({ httpTarget: { uriOverride: { host: "other.example.com" } } }) },
    /overrides the URL or method/,
    /cloudtask queues describe mail/,
  ],
  [
    "deadline",
    { answers: service({ spec: { timeoutSeconds: 300 } }) },
    /Cloud Run ends a request after 5m, but Cloud Tasks and the handler count with 10m/,
    /^gcloud run services update worker --region=europe-west1 --timeout=600, or/,
  ],
  [
    "concurrency",
    { answers: queue({ rateLimits: { maxConcurrentDispatches: 1000 } }) },
    /up to 1000 deliveries at once, but worker handles 400 \(5 instances × 80\)/,
    /--max-concurrent-dispatches=400, or raise --max-instances/,
  ],
  [
    "attempts",
    { answers: queue({ retryConfig: { maxAttempts: 3 } }) },
    /"send-mail" runs up to 5 times, but the queue mail .* after 3 attempts/,
    /raise max-attempts/,
  ],
  [
    "attempts",
    { args: [WITHOUT_ACCOUNT, `--service-account=${ACCOUNT}`] },
    /"send-mail" has a dead-letter queue but no `retry`: after 100 attempts/,
    /set `retry: \{ maxAttempts: 100 \}`/,
  ],
];

test.each(rowsOf(warnings))("%s warns: %s", async (id, message, fault, remedy) => {
  const { code, of, verdict } = await diagnose(fault);
  expect(of(id)).toMatchObject({
    status: "warning",
    message: expect.stringMatching(message),
    remedy: expect.stringMatching(remedy),
  });
  expect({ code, verdict }).toEqual({ code: 0, verdict: `no problem found; warning: ${id}; ok: 14` });
});

/** The facts cannot be read, which is no failure. */
const unknowns: readonly Row[] = [
  [
    "credentials",
    { answers: { "oauth2 POST /tokeninfo": new Reply(400, { error: "invalid_token" }) } },
    /^there is a token from CLOUDSDK_AUTH_ACCESS_TOKEN_FILE/,
  ],
  [
    "account",
    { answers: { [GET_ACCOUNT]: denied } },
    /a permission to read this is missing/,
    /roles\/iam\.serviceAccountViewer/,
  ],
  ["account", { answers: { [GET_ACCOUNT]: disabled("iam.googleapis.com") } }, /is disabled/, /overview\?project=p$/],
  [
    "audience",
    { answers: { [ID_TOKEN]: denied } },
    /may not create a token/,
    /pass --deliver, or: .*OpenIdTokenCreator$/,
  ],
  [
    "audience",
    { answers: { [ID_TOKEN]: disabled("iamcredentials.googleapis.com") } },
    /API is disabled/,
    /pass --deliver/,
  ],
  [
    "invoker",
    { answers: { [POLICY]: denied, [ID_TOKEN]: denied } },
    /a permission to read this/,
    /--member=user:ada@example.com --role=roles\/run\.viewer$/,
  ],
  [
    "invoker",
    { answers: { [POLICY]: {}, [PROJECT_POLICY]: denied, [ID_TOKEN]: denied } },
    /its roles on the project cannot be read/,
    /^if deliveries get 403: gcloud run/,
  ],
  [
    "invoker",
    {
      answers: {
        [POLICY]: { bindings: [{ role: "roles/run.invoker", members: ["group:tasks@example.com"] }] },
        [ID_TOKEN]: denied,
      },
    },
    /a group, a condition or a custom role/,
  ],
  [
    "invoker",
    {
      answers: { [POLICY]: { bindings: [{ ...INVOKERS[0], role: "projects/p/roles/callers" }] }, [ID_TOKEN]: denied },
    },
    /a group, a condition or a custom role/,
  ],
  [
    "invoker",
    { answers: { [POLICY]: { bindings: [{ ...INVOKERS[0], condition: {} }] }, [ID_TOKEN]: denied } },
    /a group, a condition or a custom role/,
  ],
  ["invoker", { answers: { [SERVICES]: {} } }, /no Cloud Run service of the project p/, /in another project/],
  ["invoker", { host: "api.example.com" }, /is not an address of Cloud Run/, /pass --run-service NAME/],
  ["invoker", { args: ["--run-service=nope"] }, /has no Cloud Run service nope/, /correct --run-service/],
  ["deadline", { answers: { [SERVICES]: denied } }, /a permission to read this/, /roles\/run\.viewer/],
  [
    "worker",
    {
      server: platform(404),
      answers: service({ annotations: { "run.googleapis.com/ingress": "internal" } }),
    },
    /has the ingress internal/,
    /pass --deliver/,
  ],
];

test.each(rowsOf(unknowns))("%s is unknown: %s", async (id, message, fault, remedy) => {
  const { code, of } = await diagnose(fault);
  expect(of(id)).toMatchObject({ status: "unknown", message: expect.stringMatching(message) });
  expect(of(id)?.remedy ?? "").toMatch(remedy);
  expect(code).toBe(0);
});

/** Setups that are right too. */
const variants: readonly Row[] = [
  ["api", { answers: { [`${QUEUES}?pageSize=1`]: denied } }, /is enabled/],
  [
    "permissions",
    { answers: { [PERMISSIONS]: { permissions: ["cloudtasks.tasks.create"] } } },
    /without cloudtasks\.tasks\.delete/,
  ],
  ["worker", { server: platform(403) }, /the platform rejects calls without a token/],
  [
    "worker",
    { server: answering(401, { "X-Goog-IAP-Generated-Response": "true" }) },
    /the platform rejects calls without a token/,
  ],
  ["invoker", { answers: { [POLICY]: { bindings: [{ ...INVOKERS[0], members: ["allUsers"] }] } } }, /lets everyone in/],
  [
    "invoker",
    { answers: service({ annotations: { "run.googleapis.com/invoker-iam-disabled": "true" } }) },
    /lets everyone in/,
  ],
  ["invoker", { answers: { [POLICY]: {}, [PROJECT_POLICY]: { bindings: INVOKERS } } }, /by a role on the project/],
  ["invoker", { host: "api.example.com", args: ["--run-service=worker"] }, /may invoke the Cloud Run service worker/],
  [
    "invoker",
    { answers: { [POLICY]: denied } },
    /a call with a token of tasks@p.* reaches the worker in the Cloud Run service worker/,
  ],
  ["attempts", { answers: queue({ retryConfig: { maxAttempts: -1 } }) }, /the worker ends tasks/],
];

test.each(rowsOf(variants))("%s is ok: %s", async (id, message, cloud) => {
  const { of } = await diagnose(cloud);
  expect(of(id)).toMatchObject({ status: "ok", message: expect.stringMatching(message) });
});
