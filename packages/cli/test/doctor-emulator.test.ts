import { generateKeyPairSync } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { type ClientOptions, CloudTaskClient } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { selfSignedCertificate } from "../../emulator/src/oidc/self-signed-certificate.ts";
import { type Diagnosis, diagnosisOf } from "./support/doctor-bench.ts";
import { temporaryFolder } from "./support/folder.ts";
import { runHere, runWith } from "./support/run-here.ts";
import { spawnCloudtask } from "./support/spawned.ts";

const ACCOUNT = "tasks@p.iam.gserviceaccount.com";
const SECRET = "s3cret-key";
const credentials = [`--service-account=${ACCOUNT}`, "--audience=https://worker.test", "--secret-env=TASKS_SECRET"];
const env = { TASKS_SECRET: SECRET };
const silent = { warn: () => undefined, error: () => undefined };

const startEmulator = (): Promise<Emulator> =>
  createEmulator({ port: 0, project: "p", location: "europe-west1", queues: ["mail"] });

// Creating its key takes half a second.
const emulator = await startEmulator();
afterAll(() => emulator.close());

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/tasks/run`;
}

function workerClient(options: Partial<ClientOptions> = {}): CloudTaskClient {
  const client = new CloudTaskClient({
    emulatorHost: emulator.host,
    url: "http://localhost/tasks/run",
    audience: "https://worker.test",
    serviceAccount: ACCOUNT,
    secret: SECRET,
    logger: silent,
    ...options,
  });
  onTestFinished(() => client.close());
  return client;
}

function serveWorker(options: Partial<ClientOptions> = {}): Promise<string> {
  return serve(cloudTaskListener(workerClient(options)));
}

/** Runs `cloudtask doctor --json` on an emulator. */
async function diagnose(url: string, ...args: readonly string[]): Promise<Diagnosis> {
  const call = ["doctor", "--queue=mail", `--url=${url}`, `--emulator=${emulator.host}`, ...args, "--json"];
  const { code, out, err } = await runWith(env, ...call);
  if (out === "") throw new Error(err);
  return diagnosisOf(code, out);
}

async function tasks(): Promise<readonly unknown[]> {
  const answer = await fetch(`${emulator.url}/v2/${emulator.queues[0]}/tasks`);
  const { tasks = [] } = (await answer.json()) as { tasks?: readonly unknown[] };
  return tasks;
}

test("a ping is delivered to a worker through an emulator, and no task is left", async () => {
  const url = await serveWorker();
  const call = ["doctor", "--deliver", "--queue=mail", `--url=${url}`, `--emulator=${emulator.host}`, ...credentials];
  const { code, out, err } = await runWith(env, ...call);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out.split("\n")).toEqual([
    `the emulator at ${emulator.host}, queue mail`,
    "✓ environment   an emulator is used, and not on Cloud Run",
    "– credentials   an emulator needs no credentials",
    `✓ api           the emulator at ${emulator.host} answers`,
    "✓ clock         the emulator uses this machine's time",
    "✓ queue         the queue mail is running",
    "✓ permissions   the caller may push to the queue mail",
    "– account       an emulator creates tokens for any account",
    "– act-as        an emulator does not check it",
    `✓ worker        a worker answers at ${url}, and rejects a call without credentials (401)`,
    "– audience      an emulator creates tokens only for deliveries: see `delivery`",
    "– invoker       only Cloud Run checks it",
    "– deadline      an emulator runs no platform with a timeout",
    "– concurrency   an emulator runs no platform with instances",
    "– attempts      the definitions are unknown: pass --client",
    "– dead-letters  the definitions are unknown: pass --client",
    expect.stringMatching(/^✓ delivery {6}the emulator delivered a ping in \d+ ms, and the worker accepted it$/),
    "✓ no problem found; ok: 7",
  ]);
  expect(await tasks()).toEqual([]);
  const { attempts } = await (await fetch(`${emulator.url}/inspect/attempts`)).json();
  expect(attempts[0]).toMatchObject({ definition: "cloudtask-ping", status: 200 });
  expect(JSON.stringify(attempts)).not.toContain(SECRET);
});

const answering =
  (status: number, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_, response) =>
    response.writeHead(status, headers).end();

async function serveUnconfigured(): Promise<string> {
  return serve(cloudTaskListener(new CloudTaskClient({ url: "http://localhost/", logger: silent })));
}

async function serveAfterBodyParser(): Promise<string> {
  const client = workerClient();
  const listener = cloudTaskListener(client);
  return serve(async (request, response) => {
    await request.resume().toArray();
    listener(request, response);
  });
}

test.each<readonly [string, () => Promise<string>, RegExp, RegExp]>([
  [
    "another audience",
    () => serveWorker({ audience: "https://b.test" }),
    /expects "https:\/\/b\.test"/,
    /same `audience`/,
  ],
  [
    "another account",
    () => serveWorker({ serviceAccount: "b@p.iam.gserviceaccount.com" }),
    /expects "b@p/,
    /same `serviceAccount`/,
  ],
  ["another secret", () => serveWorker({ secret: "another-key" }), /a wrong secret/, /same `secret`/],
  [
    "another emulator",
    () => serveWorker({ emulatorHost: "127.0.0.1:64999" }),
    /cannot be verified at present/,
    /let the worker reach/,
  ],
  ["404", () => serve(answering(404)), /a server answers 404/, /with its path/],
  ["405", () => serve(answering(405)), /accepts no POST/, /with its path/],
  [
    "a redirect",
    () =>
      serve((request, response) =>
        answering(request.url === "/tasks/run" ? 302 : 405, { Location: "/run" })(request, response),
      ),
    /redirects to http:.*\/run, which answers 405$/,
    /^set `url` to http:.*\/run$/,
  ],
  ["another server", () => serve(answering(204)), /would count as done, and never run/, /with its path/],
  ["no configuration", serveUnconfigured, /500|misconfigured/, /log of the worker/],
  ["a body that was read before", serveAfterBodyParser, /malformed: the body was already read/, /before body parsers/],
])("a delivery to a worker with %s fails with the reason", async (_, start, message, remedy) => {
  const { code, of } = await diagnose(await start(), "--deliver", ...credentials);
  expect(of("delivery")).toMatchObject({
    status: "failed",
    message: expect.stringMatching(message),
    remedy: expect.stringMatching(remedy),
  });
  expect(code).toBe(1);
  expect(await tasks()).toEqual([]);
});

test("a server that does not listen, and one with a self-signed certificate, are found", async () => {
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = keys.privateKey.export({ type: "pkcs8", format: "pem" });
  const server = createSecureServer({ key, cert: selfSignedCertificate(keys, "localhost") });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => void server.close().closeAllConnections());
  const [secure, plain, closed] = await Promise.all([
    diagnose(`https://localhost:${port}/`, "--deliver"),
    diagnose(`https://${emulator.host}/`),
    diagnose("http://127.0.0.1:64999/", "--deliver"),
  ]);
  expect(secure.of("worker")?.message).toMatch(/^the certificate of localhost:\d+ is self-signed/);
  expect(secure.of("delivery")?.message).toMatch(/^the emulator cannot reach https:\/\/localhost/);
  expect(plain.of("worker")?.message).toMatch(/does not speak TLS/);
  expect(closed.of("worker")?.message).toMatch(/^nothing listens at 127\.0\.0\.1:64999/);
  expect(closed.of("delivery")).toMatchObject({
    message: expect.stringContaining("ECONNREFUSED"),
    remedy: expect.stringContaining("--rewrite-host localhost=host.docker.internal"),
  });
  expect(await tasks()).toEqual([]);
});

test("a secret without a service account is checked without a delivery", async () => {
  const url = await serveWorker({ serviceAccount: undefined });
  expect((await diagnose(url, "--secret-env=TASKS_SECRET")).of("audience")).toEqual({
    id: "audience",
    status: "ok",
    message: "the worker accepts the secret",
  });
});

test("a ping that is not dispatched in time is deleted", async () => {
  onTestFinished(async () => void (await runHere("queues", "resume", "mail", `--emulator=${emulator.host}`)));
  await runHere("queues", "pause", "mail", `--emulator=${emulator.host}`);
  const { of, code } = await diagnose(await serveWorker(), "--deliver", "--timeout=100ms");
  expect(of("queue")?.remedy).toBe(
    `cloudtask queues resume mail --emulator=${emulator.host} --location=europe-west1 --project=p`,
  );
  expect(of("delivery")).toMatchObject({
    status: "unknown",
    message: expect.stringMatching(/^the ping was not dispatched/),
  });
  expect(code).toBe(1);
  expect(await tasks()).toEqual([]);
});

test("an emulator on Cloud Run, with an advanced clock, without the queue, is found", async () => {
  await using advanced = await startEmulator();
  await advanced.advance("1h");
  const call = ["doctor", "--queue=none", "--json"];
  const { code, out } = await runWith({ CLOUD_TASKS_EMULATOR_HOST: advanced.host, K_SERVICE: "api" }, ...call);
  const { of } = diagnosisOf(code, out);
  expect(of("environment")).toMatchObject({
    status: "failed",
    message: expect.stringMatching(/^CLOUD_TASKS_EMULATOR_HOST is set beside K_SERVICE/),
    remedy: "gcloud run services update api --remove-env-vars=CLOUD_TASKS_EMULATOR_HOST",
  });
  expect(of("clock")).toMatchObject({ status: "warning", message: "the emulator's clock was advanced by 1h" });
  expect(of("queue")).toMatchObject({
    status: "failed",
    message: expect.stringMatching(/^the queue none does not exist in .*; to check another queue, pass --queue: \w/),
    remedy: `cloudtask queues create none --emulator=${advanced.host} --location=europe-west1 --project=p`,
  });
});

test("an emulator that does not answer is one failure", async () => {
  const { code, out } = await runHere("doctor", "--emulator=127.0.0.1:64999", "--json");
  const { checks, of } = diagnosisOf(code, out);
  expect(checks.filter(({ status }) => status === "failed").map(({ id }) => id)).toEqual(["api"]);
  expect(of("api")?.remedy).toContain("npx @cloudtask/cli emulator");
  expect(code).toBe(1);
});

/** The API of the emulator, called as that of Google Cloud. Its tokens are those that the worker accepts. */
async function asCloud(): Promise<NodeJS.ProcessEnv> {
  const folder = await temporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  return {
    ...env,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS: emulator.url,
    CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: await folder.write("token", "access-token"),
    ...Object.fromEntries(
      ["IAM", "IAMCREDENTIALS", "OAUTH2", "RUN"].map((name) => [
        `CLOUDSDK_API_ENDPOINT_OVERRIDES_${name}`,
        "http://127.0.0.1:64999",
      ]),
    ),
  };
}

test.each([
  ["accepts it", SECRET, "ok", /^Cloud Tasks delivered a ping in .*, and http:.* answered with a 2xx status$/],
  ["rejects it", "another-key", "failed", /^the delivery got 403$/],
])("in Google Cloud, a ping is announced and deleted if the worker %s", async (_, secret, status, message) => {
  const url = await serveWorker({ secret });
  const where = ["--project=p", "--location=europe-west1", "--queue=mail", `--url=${url}`];
  const { code, out, err } = await runWith(await asCloud(), "doctor", "--deliver", ...where, ...credentials, "--json");
  expect(err).toBe("Google Cloud, project p, location europe-west1: pushes a ping to the queue mail, and deletes it");
  expect(diagnosisOf(code, out).of("delivery")).toMatchObject({ status, message: expect.stringMatching(message) });
  expect(await tasks()).toEqual([]);
});

test("Ctrl-C deletes the ping, and ends with 130", async () => {
  let arrive = (): void => undefined;
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const url = await serve((request) => (request.headers["x-cloudtasks-taskname"] ? arrive() : void request.destroy()));
  const call = ["doctor", "--deliver", "--queue=mail", `--url=${url}`, `--emulator=${emulator.host}`];
  await using doctor = spawnCloudtask(call);
  await arrived;
  expect(await tasks()).toHaveLength(1);
  expect(await doctor.kill("SIGINT")).toBe(130);
  expect(await tasks()).toEqual([]);
});
