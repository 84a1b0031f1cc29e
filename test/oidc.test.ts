import { generateKeyPairSync } from "node:crypto";
import { createEmulator, ManualClock } from "@cloudtask/emulator";
import { CloudTaskClient, type RemoteDeliveryError } from "cloudtask";
import { expect, onTestFinished, test, vi } from "vitest";
import { startTestEnvironment } from "./support/test-environment.ts";

const ACCOUNT = "tasks@my-project.iam.gserviceaccount.com";

/** A client that authenticates with a service account only. */
const TOKEN_ONLY = { serviceAccount: ACCOUNT, secret: undefined };

/** Makes every later request for keys fail. */
function failKeyRequests(): void {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("fetch failed")));
}

test("the worker verifies the token of a service account with the emulator's key", async () => {
  await using environment = await startTestEnvironment({ client: TOKEN_ONLY });
  const received: unknown[] = [];
  const task = environment.client.task("t", (_: undefined, { delivery }) => void received.push(delivery.task));
  await task().push();
  await environment.emulator.idle();
  expect(received).toEqual(["t"]);
  const withoutToken = await fetch(environment.url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CloudTasks-TaskName": "1", "X-CloudTasks-QueueName": "default" },
    body: '{"task":"t"}',
  });
  expect([withoutToken.status, received.length]).toEqual([401, 1]);
});

test("a client with a service account and a secret requires both", async () => {
  await using environment = await startTestEnvironment({ client: { serviceAccount: ACCOUNT } });
  await environment.client
    .task("t", () => undefined)()
    .push();
  await environment.emulator.idle();
  const [attempt] = environment.emulator.attempts();
  expect(attempt?.response?.status).toBe(200);
  expect(JSON.stringify(attempt?.request?.headers)).not.toMatch(/eyJ|s3cret-key/);
});

test("a definition with its own URL is called with the client's audience, which the worker expects", async () => {
  await using environment = await startTestEnvironment({ client: TOKEN_ONLY });
  const task = environment.client.task("t", { url: `${environment.url}/elsewhere`, run: () => undefined });
  await task().push();
  await environment.emulator.idle();
  expect(environment.finishedAttempts.map(({ status }) => status)).toEqual([200]);
});

test("the response to a token with another audience or account states the expected values", async () => {
  await using environment = await startTestEnvironment({ client: TOKEN_ONLY });
  const { host: emulatorHost } = environment.emulator;
  const mismatched = new CloudTaskClient({
    url: environment.url,
    emulatorHost,
    serviceAccount: "web@my-project.iam.gserviceaccount.com",
    audience: "https://run.app",
  });
  await mismatched
    .task("t", () => undefined)()
    .push();
  await environment.emulator.idle();
  const [attempt] = environment.emulator.attempts();
  expect(attempt?.response?.status).toBe(403);
  const text = JSON.stringify(attempt?.response);
  expect(text).toContain("https://run.app");
  expect(text).toContain(environment.url);
  await mismatched.close();
});

test("the worker accepts the first token of an emulator that restarted with another key", async () => {
  await using environment = await startTestEnvironment({ client: TOKEN_ONLY });
  const task = environment.client.task("t", () => undefined);
  await task().push();
  await environment.emulator.idle();
  await environment.emulator.close();
  const port = Number(environment.emulator.host.split(":")[1]);
  await using second = await createEmulator({ port });
  await task().push();
  await second.idle();
  expect(environment.finishedAttempts.map(({ status }) => status)).toEqual([200]);
  expect(second.attempts().map(({ response }) => response?.status)).toEqual([200]);
});

test("the worker keeps using known keys while they cannot be renewed", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers().unstubAllGlobals());
  const lines: string[] = [];
  const logger = { warn: (line: string) => lines.push(line), error: (line: string) => lines.push(line) };
  await using environment = await startTestEnvironment({ client: { ...TOKEN_ONLY, logger } });
  const task = environment.client.task("t", () => undefined);
  await task().push();
  await environment.emulator.idle();
  failKeyRequests();
  vi.setSystemTime(Date.now() + 10 * 60_000);
  await task().push();
  await environment.emulator.idle();
  expect(environment.finishedAttempts.map(({ status }) => status)).toEqual([200, 200]);
  expect(lines).toEqual([
    expect.stringMatching(/the keys of the emulator at http.* could not be renewed: .* fetch failed;/),
  ]);
});

test("without any key the worker answers 429, and a later attempt runs the task", async () => {
  onTestFinished(() => void vi.unstubAllGlobals());
  await using environment = await startTestEnvironment({
    client: TOKEN_ONLY,
    queue: { retry: { maxAttempts: 5, minBackoff: "1s" } },
  });
  const attempts: number[] = [];
  const task = environment.client.task("t", {
    retry: { maxAttempts: 1 },
    run: (_: undefined, { delivery }) => void attempts.push(delivery.attempt),
  });
  failKeyRequests();
  await task().push();
  await environment.emulator.idle();
  vi.unstubAllGlobals();
  await environment.emulator.advance("5s");
  expect(environment.finishedAttempts.map(({ status }) => status)).toEqual([429, 200]);
  expect(attempts).toHaveLength(1);
});

test.each<[string, Parameters<typeof createEmulator>[0]]>([
  ["with another issuer", { issuer: "http://emulator.internal:8123" }],
  ["with a clock that is years behind", { clock: new ManualClock("2020-01-01T00:00:00Z") }],
  ["with a clock that is years ahead", { clock: new ManualClock("2040-01-01T00:00:00Z") }],
])("the worker accepts tokens of an emulator %s", async (_, options) => {
  await using emulator = await createEmulator(options);
  await using environment = await startTestEnvironment({ client: { ...TOKEN_ONLY, emulatorHost: emulator.host } });
  const task = environment.client.task("t", () => undefined);
  await task().push();
  await emulator.idle();
  expect(emulator.attempts().map(({ response }) => response?.status)).toEqual([200]);
});

test('the worker rejects the token of another emulator, even with verify: "platform"', async () => {
  await using environment = await startTestEnvironment({ client: TOKEN_ONLY, worker: { verify: "platform" } });
  await using otherEmulator = await createEmulator();
  const other = new CloudTaskClient({
    url: environment.url,
    emulatorHost: otherEmulator.host,
    serviceAccount: ACCOUNT,
  });
  await other
    .task("t", () => undefined)()
    .push();
  await otherEmulator.idle();
  expect(otherEmulator.attempts().map(({ response }) => response?.status)).toEqual([401]);
  await other.close();
});

test("in production the worker rejects every token of an emulator, and requests keys from Google only", async () => {
  await using emulator = await createEmulator({ issuer: "https://accounts.google.com" });
  const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" });
  await using production = await startTestEnvironment({ client: { ...TOKEN_ONLY, emulatorHost: undefined } });
  const requested: string[] = [];
  vi.stubGlobal("fetch", async (url: string) => {
    requested.push(url);
    return Response.json({ keys: [{ ...key, kid: "google" }] });
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  const other = new CloudTaskClient({ url: production.url, emulatorHost: emulator.host, serviceAccount: ACCOUNT });
  await other
    .task("t", () => undefined)()
    .push();
  await emulator.idle();
  expect(emulator.attempts().map(({ response }) => response?.status)).toEqual([401]);
  expect(requested).toEqual(["https://www.googleapis.com/oauth2/v3/certs"]);
  await other.close();
});

test("the error of an eager push to a worker that requires a token states the remedy", async () => {
  await using environment = await startTestEnvironment({ client: TOKEN_ONLY });
  const eager = new CloudTaskClient({ url: environment.url, eager: "remote", serviceAccount: ACCOUNT });
  const push = eager
    .task("t", () => undefined)()
    .push();
  const error = await push.then(
    () => expect.unreachable("it should have failed"),
    (reason: RemoteDeliveryError) => reason,
  );
  expect(error).toMatchObject({ code: "REMOTE_DELIVERY_FAILED", httpStatus: 401 });
  expect(error.message).toMatch(
    /An eager push carries no OIDC token, because only Google can sign one\. Set `allowUnauthenticated: true` on that worker/,
  );
  await eager.close();
});

test("a worker that requires no token accepts an eager push, but still requires the secret", async () => {
  await using environment = await startTestEnvironment({
    client: { serviceAccount: ACCOUNT },
    worker: { allowUnauthenticated: true },
  });
  environment.client.task("t", () => "done");
  const [correct, wrong] = ["s3cret-key", "a-guessed-secret"].map((secret) => {
    const eager = new CloudTaskClient({ url: environment.url, eager: "remote", serviceAccount: ACCOUNT, secret });
    return eager.task("t", () => undefined)();
  });
  expect(await correct?.push()).toMatchObject({ deduplicated: false });
  await expect(wrong?.push()).rejects.toMatchObject({ httpStatus: 403 });
});
