import { ACCOUNT } from "../../../cloudtask/test/support/issuer.ts";
import { type Cloud, serviceJson } from "./doctor-bench.ts";
import { rejected, type StandInAnswers } from "./google-stand-in.ts";

export const QUEUES = "cloudtasks GET /v2/projects/p/locations/europe-west1/queues";
export const QUEUE = `${QUEUES}/mail`;
export const CREATE = "cloudtasks POST /v2/projects/p/locations/europe-west1/queues/mail/tasks";
export const READ = "cloudtasks GET /v2/projects/p/locations/europe-west1/queues/mail/tasks/PING";
export const DELETE = "cloudtasks DELETE /v2/projects/p/locations/europe-west1/queues/mail/tasks/PING";
export const PERMISSIONS = "cloudtasks POST /v2/projects/p/locations/europe-west1/queues/mail:testIamPermissions";
export const GET_ACCOUNT = `iam GET /v1/projects/p/serviceAccounts/${ACCOUNT}`;
export const ACT_AS = `iam POST /v1/projects/p/serviceAccounts/${ACCOUNT}:testIamPermissions`;
export const ID_TOKEN = `iamcredentials POST /v1/projects/-/serviceAccounts/${ACCOUNT}:generateIdToken`;
export const SERVICES = "run GET /apis/serving.knative.dev/v1/namespaces/p/services";
export const POLICY = "run GET /v2/projects/p/locations/europe-west1/services/worker:getIamPolicy";
export const PROJECT_POLICY = "cloudresourcemanager POST /v1/projects/p:getIamPolicy";
export const INVOKERS = [{ role: "roles/run.invoker", members: [`serviceAccount:${ACCOUNT}`] }];

export const missing = rejected(404, "NOT_FOUND", "Requested entity was not found.");
export const queue = (fields: object): StandInAnswers => ({
  [QUEUE]: { state: "RUNNING", rateLimits: { maxConcurrentDispatches: 400 }, ...fields },
});
export const service =
  (fields: Parameters<typeof serviceJson>[1]) =>
  (url: string): StandInAnswers => ({ [SERVICES]: { items: [serviceJson(url, fields)] } });
export const answering =
  (status: number, headers: Readonly<Record<string, string>> = {}, body = ""): NonNullable<Cloud["server"]> =>
  (_, response) =>
    response.writeHead(status, headers).end(body);
export const WITHOUT_ACCOUNT = "--client=packages/cli/test/support/doctor-client-without-retry.ts";

/** A task whose last attempt failed. */
export const attempted = (code: number, status: number): object => ({
  dispatchCount: 1,
  lastAttempt: { responseStatus: { code, message: `UNKNOWN(${code}): HTTP status code ${status}` } },
});

/** The page of Google's front end, which answers before the container. */
export const platform = (status: number): NonNullable<Cloud["server"]> =>
  answering(
    status,
    { Server: "Google Frontend", "Content-Type": "text/html" },
    "<html><body text=#000000 bgcolor=#ffffff>\n<h1>Error: Forbidden</h1>",
  );

/** A setup, the check that finds its fault, the fact and the remedy that it states. */
export type Row = readonly [id: string, cloud: Cloud, message: string | RegExp, remedy?: string | RegExp];

/** Returns rows for `test.each`, so that the title can show the check and the message. */
export function rowsOf(rows: readonly Row[]): [string, string | RegExp, Cloud, string | RegExp][] {
  return rows.map(([id, cloud, message, remedy = ""]) => [id, message, cloud, remedy]);
}
