import dns from "node:dns";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type ClientOptions, CloudTaskClient, type WorkerOptions } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";
import { onTestFinished, vi } from "vitest";
import { ACCOUNT, startIssuer, type TestIssuer } from "../../../cloudtask/test/support/issuer.ts";
import type { Checked } from "../../src/doctor/run-checks.ts";
import { temporaryFolder } from "./folder.ts";
import { type StandInAnswers, startStandIn } from "./google-stand-in.ts";
import { runWith } from "./run-here.ts";

const QUEUES = "/v2/projects/p/locations/europe-west1/queues";
const SERVICE = "/v2/projects/p/locations/europe-west1/services/worker";
const ACCOUNTS = "/v1/projects/p/serviceAccounts";

/** A worker in Google Cloud that is set up correctly, and the faults of a test. */
export interface Cloud {
  /** Answers of Google's APIs that differ. */
  readonly answers?: StandInAnswers | ((url: string) => StandInAnswers);
  /** Options of the worker's client that differ. */
  readonly client?: Partial<ClientOptions>;
  readonly worker?: WorkerOptions;
  /** The server at the worker's URL, in place of the worker. */
  readonly server?: RequestListener;
  /** The host of the URL. Default: that of the Cloud Run service. */
  readonly host?: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** The report of `cloudtask doctor --json`, and its exit code. */
export interface Diagnosis {
  readonly code: number;
  readonly ok: boolean;
  readonly verdict: string;
  readonly checks: readonly Checked[];
  /** Returns the finding of a check. */
  of(id: string): Checked | undefined;
}

/** The service, as the API of Cloud Run shows it. */
export function serviceJson(url: string, { spec = {}, annotations = {}, template = {} } = {}): object {
  return {
    metadata: {
      name: "worker",
      labels: { "cloud.googleapis.com/location": "europe-west1" },
      annotations: { "run.googleapis.com/urls": JSON.stringify([new URL(url).origin]), ...annotations },
    },
    spec: {
      template: {
        metadata: { annotations: { "autoscaling.knative.dev/maxScale": "5", ...template } },
        spec: { containerConcurrency: 80, timeoutSeconds: 600, ...spec },
      },
    },
  };
}

/** Google's answers for a project that is set up correctly. */
export function healthyAnswers(url: string, issuer: TestIssuer): StandInAnswers {
  return {
    "cloudtasks GET /v2/projects/p/locations": {},
    [`cloudtasks GET ${QUEUES}?pageSize=1`]: {},
    [`cloudtasks GET ${QUEUES}/mail`]: {
      state: "RUNNING",
      rateLimits: { maxConcurrentDispatches: 400 },
      retryConfig: { maxAttempts: 100 },
    },
    [`cloudtasks GET ${QUEUES}/mail-dead`]: { state: "PAUSED" },
    [`cloudtasks POST ${QUEUES}/mail:testIamPermissions`]: ({ body }: { body: unknown }) => body as object,
    [`iam GET ${ACCOUNTS}/${ACCOUNT}`]: { email: ACCOUNT, projectId: "p" },
    [`iam POST ${ACCOUNTS}/${ACCOUNT}:testIamPermissions`]: { permissions: ["iam.serviceAccounts.actAs"] },
    [`iamcredentials POST /v1/projects/-/serviceAccounts/${ACCOUNT}:generateIdToken`]: async ({ body }) => {
      const { audience } = body as { readonly audience: string };
      return { token: await issuer.sign({ aud: audience }) };
    },
    "run GET /apis/serving.knative.dev/v1/namespaces/p/services": { items: [serviceJson(url)] },
    [`run GET ${SERVICE}:getIamPolicy`]: {
      bindings: [{ role: "roles/run.invoker", members: [`serviceAccount:${ACCOUNT}`] }],
    },
    "cloudresourcemanager POST /v1/projects/p:getIamPolicy": { bindings: [] },
    "oauth2 POST /tokeninfo": {
      email: "ada@example.com",
      scope: "openid https://www.googleapis.com/auth/cloud-platform",
    },
  };
}

/** Runs `cloudtask doctor --json` for a worker in Google Cloud. */
export async function diagnose(cloud: Cloud = {}): Promise<Diagnosis> {
  const { url, env } = await startCloud(cloud);
  const { code, out, err } = await runWith(env, ...argsFor(url, cloud), "--json");
  if (out === "") throw new Error(err);
  return diagnosisOf(code, out);
}

/** Runs `cloudtask doctor` for a worker in Google Cloud, and returns its lines. The port of the URL is left out. */
export async function reportOf(cloud: Cloud = {}): Promise<readonly string[]> {
  const { url, env } = await startCloud(cloud);
  const { out } = await runWith(env, ...argsFor(url, cloud));
  return out.replaceAll(new URL(url).origin, `https://${new URL(url).hostname}`).split("\n");
}

/** Reads the output of `--json`. */
export function diagnosisOf(code: number, out: string): Diagnosis {
  const report = JSON.parse(out) as Pick<Diagnosis, "ok" | "verdict" | "checks">;
  return { ...report, code, of: (id) => report.checks.find((each) => each.id === id) };
}

/** The arguments that select the worker. */
export function argsFor(url: string, { args = [] }: Pick<Cloud, "args">): readonly string[] {
  const client = "packages/cli/test/support/doctor-client.ts";
  return ["doctor", "--project=p", "--location=europe-west1", `--client=${client}`, `--url=${url}`, ...args];
}

/** Starts the worker and the stand-in of Google's APIs. Names outside this machine resolve to it. */
export async function startCloud(cloud: Cloud): Promise<{ readonly url: string; readonly env: NodeJS.ProcessEnv }> {
  const issuer = await startIssuer();
  resolveHere();
  publishKeys(issuer);
  const url = await startWorker(cloud);
  const faults = typeof cloud.answers === "function" ? cloud.answers(url) : cloud.answers;
  const folder = await temporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const token = await folder.write("token", "access-token\n");
  const env = { ...(await startStandIn({ ...healthyAnswers(url, issuer), ...faults })), ...cloud.env };
  return { url, env: { CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: token, ...env } };
}

async function startWorker(cloud: Cloud): Promise<string> {
  const { client: options, worker, server: listener, host = "worker-123.europe-west1.run.app" } = cloud;
  let url = "";
  const client = new CloudTaskClient({
    project: "p",
    location: "europe-west1",
    url: () => url,
    serviceAccount: ACCOUNT,
    logger: { warn: () => undefined, error: () => undefined },
    ...options,
  });
  const server = createServer(listener ?? cloudTaskListener(client, worker));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.close().closeAllConnections();
    await client.close();
  });
  url = `http://${host}:${(server.address() as AddressInfo).port}/tasks/run`;
  return url;
}

/** Google's keys are those of the issuer. Other requests are sent. */
function publishKeys(issuer: TestIssuer): void {
  const { fetch } = globalThis;
  vi.stubEnv("CLOUD_TASKS_EMULATOR_HOST", "");
  vi.stubGlobal("fetch", (url: string, init?: RequestInit) =>
    fetch(String(url).startsWith("https://www.googleapis.com/oauth2/v3/certs") ? issuer.url : url, init),
  );
  onTestFinished(() => void vi.unstubAllGlobals().unstubAllEnvs());
}

function resolveHere(): void {
  const { lookup } = dns;
  const here = (name: string, ...rest: readonly unknown[]): unknown =>
    Reflect.apply(lookup, dns, [/\.(?:app|com)$/.test(name) ? "127.0.0.1" : name, ...rest]);
  vi.spyOn(dns, "lookup").mockImplementation(here as typeof dns.lookup);
  onTestFinished(() => void vi.restoreAllMocks());
}
