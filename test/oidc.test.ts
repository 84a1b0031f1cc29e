import { createEmulator, ManualClock } from "@cloudtask/emulator";
import { CloudTaskClient, type RemoteDeliveryError } from "cloudtask";
import { expect, onTestFinished, test, vi } from "vitest";
import { startScene } from "./support/scene.ts";

const ACCOUNT = "tasks@my-project.iam.gserviceaccount.com";

/** A client that is known by its service account alone. */
const BY_TOKEN = { serviceAccount: ACCOUNT, secret: undefined };

/** From now on nobody answers the worker when it asks for keys. */
function cutOff(): void {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("fetch failed")));
}

test("a client with a service account alone is served: its token is verified by the emulator's key", async () => {
  await using scene = await startScene({ client: BY_TOKEN });
  const seen: unknown[] = [];
  const task = scene.client.task("t", (_: undefined, { delivery }) => void seen.push(delivery.task));
  await task().push();
  await scene.emulator.idle();
  expect(seen).toEqual(["t"]);
  const anyone = await fetch(scene.url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CloudTasks-TaskName": "1", "X-CloudTasks-QueueName": "default" },
    body: '{"task":"t"}',
  });
  expect([anyone.status, seen.length]).toEqual([401, 1]);
});

test("with a secret too, both are asked for", async () => {
  await using scene = await startScene({ client: { serviceAccount: ACCOUNT } });
  await scene.client
    .task("t", () => undefined)()
    .push();
  await scene.emulator.idle();
  const [attempt] = scene.emulator.attempts();
  expect(attempt?.response?.status).toBe(200);
  expect(JSON.stringify(attempt?.request?.headers)).not.toMatch(/eyJ|s3cret/);
});

test("a definition with a URL of its own is called with the client's audience, which is what the worker expects", async () => {
  await using scene = await startScene({ client: BY_TOKEN });
  const task = scene.client.task("t", { url: `${scene.url}/elsewhere`, run: () => undefined });
  await task().push();
  await scene.emulator.idle();
  expect(scene.finished.map(({ status }) => status)).toEqual([200]);
});

test("a delivery that was made for another audience or account is told what was expected", async () => {
  await using scene = await startScene({ client: BY_TOKEN });
  const { host: emulatorHost } = scene.emulator;
  const mismatched = new CloudTaskClient({
    url: scene.url,
    emulatorHost,
    serviceAccount: "web@my-project.iam.gserviceaccount.com",
    audience: "https://run.app",
  });
  await mismatched
    .task("t", () => undefined)()
    .push();
  await scene.emulator.idle();
  const [attempt] = scene.emulator.attempts();
  expect(attempt?.response?.status).toBe(403);
  const said = JSON.stringify(attempt?.response);
  expect(said).toContain("https://run.app");
  expect(said).toContain(scene.url);
  await mismatched.close();
});

test("an emulator that starts anew with another key is believed with its first token", async () => {
  await using scene = await startScene({ client: BY_TOKEN });
  const task = scene.client.task("t", () => undefined);
  await task().push();
  await scene.emulator.idle();
  await scene.emulator.close();
  const port = Number(scene.emulator.host.split(":")[1]);
  await using second = await createEmulator({ port });
  await task().push();
  await second.idle();
  expect(scene.finished.map(({ status }) => status)).toEqual([200]);
  expect(second.attempts().map(({ response }) => response?.status)).toEqual([200]);
});

test("keys that are known serve on while they cannot be had", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers().unstubAllGlobals());
  const lines: string[] = [];
  const logger = { warn: (line: string) => lines.push(line), error: (line: string) => lines.push(line) };
  await using scene = await startScene({ client: { ...BY_TOKEN, logger } });
  const task = scene.client.task("t", () => undefined);
  await task().push();
  await scene.emulator.idle();
  cutOff();
  vi.setSystemTime(Date.now() + 10 * 60_000);
  await task().push();
  await scene.emulator.idle();
  expect(scene.finished.map(({ status }) => status)).toEqual([200, 200]);
  expect(lines).toEqual([
    expect.stringMatching(/the keys of the emulator at http.* could not be renewed: .* fetch failed;/),
  ]);
});

test("while no key can be had, Cloud Tasks is asked to come again, and then the task runs", async () => {
  onTestFinished(() => void vi.unstubAllGlobals());
  await using scene = await startScene({ client: BY_TOKEN, queue: { maxAttempts: 5, minBackoff: "1s" } });
  const attempts: number[] = [];
  const task = scene.client.task("t", {
    maxAttempts: 1,
    run: (_: undefined, { delivery }) => void attempts.push(delivery.attempt),
  });
  cutOff();
  await task().push();
  await scene.emulator.idle();
  vi.unstubAllGlobals();
  await scene.emulator.advance("5s");
  expect(scene.finished.map(({ status }) => status)).toEqual([429, 200]);
  expect(attempts).toHaveLength(1);
});

test.each<[string, Parameters<typeof createEmulator>[0]]>([
  ["under another issuer's name", { issuer: "http://emulator.internal:8123" }],
  ["on a clock that is years behind", { clock: new ManualClock("2020-01-01T00:00:00Z") }],
  ["on a clock that is years ahead", { clock: new ManualClock("2040-01-01T00:00:00Z") }],
])("an emulator %s is believed", async (_, options) => {
  await using emulator = await createEmulator(options);
  await using scene = await startScene({ client: { ...BY_TOKEN, emulatorHost: emulator.host } });
  const task = scene.client.task("t", () => undefined);
  await task().push();
  await emulator.idle();
  expect(emulator.attempts().map(({ response }) => response?.status)).toEqual([200]);
});

test("a token of another emulator is refused, and so is one that a platform is said to have verified", async () => {
  await using scene = await startScene({ client: BY_TOKEN, worker: { verify: "platform" } });
  await using stranger = await createEmulator();
  const other = new CloudTaskClient({ url: scene.url, emulatorHost: stranger.host, serviceAccount: ACCOUNT });
  await other
    .task("t", () => undefined)()
    .push();
  await stranger.idle();
  expect(stranger.attempts().map(({ response }) => response?.status)).toEqual([401]);
  await other.close();
});

test("in production the token of an emulator is refused, whatever it says, and nobody but Google is asked for keys", async () => {
  await using emulator = await createEmulator({ issuer: "https://accounts.google.com" });
  await using production = await startScene({ client: { ...BY_TOKEN, emulatorHost: undefined } });
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url);
    return Response.json({ keys: [{ kty: "RSA", kid: "google", n: "AQAB", e: "AQAB" }] });
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  const other = new CloudTaskClient({ url: production.url, emulatorHost: emulator.host, serviceAccount: ACCOUNT });
  await other
    .task("t", () => undefined)()
    .push();
  await emulator.idle();
  expect(emulator.attempts().map(({ response }) => response?.status)).toEqual([401]);
  expect(asked).toEqual(["https://www.googleapis.com/oauth2/v3/certs"]);
  await other.close();
});

test("an eager push has no token, and the worker that asks for one says how to go on", async () => {
  await using scene = await startScene({ client: BY_TOKEN });
  const eager = new CloudTaskClient({ url: scene.url, eager: "remote", serviceAccount: ACCOUNT });
  const push = eager
    .task("t", () => undefined)()
    .push();
  const error = await push.then(
    () => expect.unreachable("it should have failed"),
    (reason: RemoteDeliveryError) => reason,
  );
  expect(error).toMatchObject({ code: "REMOTE_DELIVERY_FAILED", httpStatus: 401 });
  expect(error.message).toMatch(
    /an eager push carries no OIDC token, which Google alone can sign: give the worker there/,
  );
  await eager.close();
});

test("an eager push is served where the worker asks for no token, and the secret is demanded all the same", async () => {
  await using scene = await startScene({ client: { serviceAccount: ACCOUNT }, worker: { allowUnauthenticated: true } });
  scene.client.task("t", () => "done");
  const [known, unknown] = ["s3cret", "guess"].map((secret) => {
    const eager = new CloudTaskClient({ url: scene.url, eager: "remote", serviceAccount: ACCOUNT, secret });
    return eager.task("t", () => undefined)();
  });
  expect(await known?.push()).toMatchObject({ deduplicated: false });
  await expect(unknown?.push()).rejects.toMatchObject({ httpStatus: 403 });
});
