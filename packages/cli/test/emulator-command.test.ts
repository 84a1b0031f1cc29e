import { createServer } from "node:net";
import { expect, test } from "vitest";
import { temporaryFolder } from "./support/folder.ts";
import { spawnCloudtask, startEmulator } from "./support/spawned.ts";
import { createTask, startTarget } from "./support/target.ts";

const QUEUE = "projects/local-project/locations/us-central1/queues/default";

test("--json prints one line, and SIGTERM ends the emulator with exit code 0", async () => {
  await using target = await startTarget();
  await using emulator = await startEmulator("--memory");
  const { ready } = emulator;
  expect(ready).toEqual({
    url: `http://${ready.host}`,
    host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    project: "local-project",
    location: "us-central1",
    queues: [QUEUE],
    dataDir: null,
  });
  await createTask(ready.url, QUEUE, { httpRequest: { url: target.url, body: btoa("hello") } });
  expect(await target.next()).toMatchObject({ body: "hello" });
  expect(await emulator.kill("SIGTERM")).toBe(0);
  expect(emulator.out()).toBe(`${JSON.stringify(ready)}\n`);
  expect(emulator.err()).toBe("");
});

test("the output shows the address, the variable to export, every attempt, and the storage", async () => {
  await using target = await startTarget();
  await using emulator = spawnCloudtask([
    "emulator",
    "--memory",
    "--port",
    "0",
    "--queue",
    "mail,rate=5",
    "--queue",
    "slow",
  ]);
  const [, url = "", host] = await emulator.seen(
    /listens on +(http:\/\/(\S+))[\s\S]*in memory, lost when the emulator stops/,
  );
  expect(emulator.out()).toMatch(/^cloudtask emulator \d+\.\d+\.\d+\n/);
  expect(emulator.out()).toContain(`export CLOUD_TASKS_EMULATOR_HOST=${host}\n`);
  expect(emulator.out()).toMatch(/queues +mail, slow\n/);
  const dashboard = /dashboard +(\S+)\n/.exec(emulator.out())?.[1] ?? "";
  expect((await fetch(dashboard)).headers.get("content-type")).toContain("text/html");
  const queue = QUEUE.replace("default", "mail");
  await createTask(url, queue, { name: `${queue}/tasks/welcome`, httpRequest: { url: target.url } });
  await emulator.seen(/^\d\d:\d\d:\d\d\.\d{3} {2}mail\/welcome {2}attempt 1 {2}200 {2}\d+ ms {2}done$/m);
  const again = createTask(url, queue, { name: `${queue}/tasks/welcome`, httpRequest: { url: target.url } });
  await expect(again).rejects.toThrow("409");
  await emulator.seen(/^\d\d:\d\d:\d\d\.\d{3} {2}mail\/welcome {2}not created, the name is taken$/m);
  expect(await emulator.kill("SIGINT")).toBe(0);
  expect(emulator.out()).toMatch(/\nstopped; queues and tasks were in memory and are lost\n$/);
  expect(emulator.out()).not.toContain("\u001b[");
  expect(emulator.err()).toBe("");
});

test("--verbose prints starting attempts; FORCE_COLOR enables colors, NO_COLOR disables them", async () => {
  await using target = await startTarget();
  const args = ["emulator", "--memory", "--port", "0", "--verbose"];
  await using coloured = spawnCloudtask(args, { FORCE_COLOR: "1" });
  const [, url = ""] = await coloured.seen(/(http:\/\/[\d.:]+)/);
  await createTask(url, QUEUE, { httpRequest: { url: target.url } });
  await coloured.seen(/attempt 1 .*started[\s\S]*attempt 1 .*done\n/);
  expect(coloured.out()).toContain("\u001b[32m200\u001b[39m");
  await using plain = spawnCloudtask(args, { FORCE_COLOR: "1", NO_COLOR: "1" });
  await plain.seen(/in memory/);
  expect(plain.out()).not.toContain("\u001b[");
});

test("--quiet prints nothing", async () => {
  await using target = await startTarget();
  await using emulator = await startEmulator("--memory", "--quiet");
  await createTask(emulator.ready.url, QUEUE, { httpRequest: { url: target.url } });
  await target.next();
  await emulator.kill("SIGTERM");
  expect(emulator.out()).toBe(`${JSON.stringify(emulator.ready)}\n`);
  const { host, port } = new URL(emulator.ready.url);
  await using silent = spawnCloudtask(["emulator", "--memory", "--quiet", "--port", port]);
  const isHealthy = (): Promise<boolean> =>
    fetch(`http://${host}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  await expect.poll(isHealthy, { timeout: 15_000 }).toBe(true);
  expect(await silent.kill("SIGTERM")).toBe(0);
  expect(silent.out() + silent.err()).toBe("");
});

test("the emulator goes on after the reader of stdout has closed it", async () => {
  await using target = await startTarget();
  await using emulator = spawnCloudtask(["emulator", "--memory", "--port", "0"]);
  const [, url = ""] = await emulator.seen(/(http:\/\/[\d.:]+)[\s\S]*in memory/);
  emulator.child.stdout?.destroy();
  for (const body of ["1", "2", "3"]) {
    await createTask(url, QUEUE, { httpRequest: { url: target.url, body: btoa(body) } });
    expect(await target.next()).toMatchObject({ body });
  }
  expect(await emulator.kill("SIGTERM")).toBe(0);
  expect(emulator.err()).toBe("");
});

test("a port in use gives one line on stderr and exit code 1", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => holder.once("listening", resolve));
  const { port } = holder.address() as { port: number };
  await using emulator = spawnCloudtask(["emulator", "--memory", "--json", "--port", String(port)]);
  expect(await emulator.ended()).toBe(1);
  holder.close();
  expect(emulator.out()).toBe("");
  expect(emulator.err()).toBe(
    `cloudtask emulator: cannot listen on 127.0.0.1:${port}: the port is in use, perhaps by another emulator; stop it, or choose another port with --port (0 for any)\n`,
  );
});

test("an address of another machine gives one line and exit code 1", async () => {
  await using emulator = spawnCloudtask(["emulator", "--memory", "--host", "192.0.2.1", "--port", "0"]);
  expect(await emulator.ended()).toBe(1);
  expect(emulator.err()).toMatch(
    /^cloudtask emulator: cannot listen on 192\.0\.2\.1:0: this machine does not have the address; .*\n$/,
  );
});

test.each([
  [
    ["--prot", "1"],
    /^cloudtask emulator: unknown option --prot, did you mean --port\?\nTry: cloudtask emulator --help\n$/,
  ],
  // An option that createEmulator rejects is reported like one that the command rejects.
  [
    ["--memory", "--queue", "a_b"],
    /^cloudtask emulator: queues\.a_b: expected a queue id of 1 to 100 letters, digits and hyphens\nTry: .*\n$/,
  ],
])("invalid arguments exit with 2: %j", async (args, message) => {
  await using emulator = spawnCloudtask(["emulator", "--port", "0", ...args]);
  expect(await emulator.ended()).toBe(2);
  expect(emulator.err()).toMatch(message);
  expect(emulator.out()).toBe("");
});

test("CLOUD_TASKS_EMULATOR_HOST does not set the address, but a different address is noted", async () => {
  await using emulator = spawnCloudtask(["emulator", "--memory", "--json", "--port", "0"], {
    CLOUD_TASKS_EMULATOR_HOST: "emulator:8123",
  });
  await emulator.seen(/\n/);
  expect(await emulator.kill("SIGTERM")).toBe(0);
  expect(emulator.err()).toMatch(
    /^note: CLOUD_TASKS_EMULATOR_HOST is emulator:8123 in this shell, but the emulator listens on 127\.0\.0\.1:\d+\n$/,
  );
});

test("--issuer sets the issuer of tokens and the address of the keys in the discovery document", async () => {
  await using emulator = await startEmulator("--memory", "--issuer", "http://emulator:8123");
  const document = await (await fetch(`${emulator.ready.url}/.well-known/openid-configuration`)).json();
  expect(document).toMatchObject({ issuer: "http://emulator:8123", jwks_uri: "http://emulator:8123/oidc/jwks" });
  await using target = await startTarget();
  const oidcToken = { serviceAccountEmail: "tasks@example.com" };
  await createTask(emulator.ready.url, QUEUE, { httpRequest: { url: target.url, oidcToken } });
  const { authorization = "" } = (await target.next()).headers;
  const [, claims = ""] = authorization.split(".");
  expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({ iss: "http://emulator:8123" });
});

test("the emulator creates the queues of a configuration file and of a queue.yaml", async () => {
  await using folder = await temporaryFolder();
  const own = await folder.write(
    "own.yaml",
    "memory: true\nqueues: { mail: { rate: 5, retry: { maxAttempts: 3 }, routing: { service: api } } }\n",
  );
  await using first = await startEmulator("--config", own);
  const mail = QUEUE.replace("default", "mail");
  expect(first.ready.queues).toEqual([mail]);
  expect(await (await fetch(`${first.ready.url}/v2/${mail}`)).json()).toMatchObject({
    rateLimits: { maxDispatchesPerSecond: 5 },
    retryConfig: { maxAttempts: 3 },
    appEngineRoutingOverride: { service: "api" },
  });
  const yaml = await folder.write(
    "queue.yaml",
    "queue:\n- name: api\n  rate: 100/m\n  target: v2.api\n- name: off\n  rate: 0/s\n  bucket_size: 7\n",
  );
  await using second = await startEmulator("--memory", "--config", yaml);
  const answers = second.ready.queues.map((name) =>
    fetch(`${second.ready.url}/v2/${name}`).then((answer) => answer.json()),
  );
  expect(await Promise.all(answers)).toMatchObject([
    { name: QUEUE, state: "RUNNING", rateLimits: { maxDispatchesPerSecond: 5, maxBurstSize: 5 } },
    { state: "RUNNING", appEngineRoutingOverride: { service: "api", version: "v2" }, rateLimits: { maxBurstSize: 5 } },
    { state: "PAUSED", rateLimits: { maxBurstSize: 7 } },
  ]);
});
