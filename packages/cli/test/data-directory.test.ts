import { expect, test } from "vitest";
import { temporaryFolder } from "./support/folder.ts";
import { runHere } from "./support/run-here.ts";
import { spawnCloudtask, startEmulator } from "./support/spawned.ts";
import { createTask, startTarget } from "./support/target.ts";

const QUEUE = "projects/local-project/locations/us-central1/queues/default";

test("an acknowledged task survives kill -9 and is delivered when it is due", async () => {
  await using folder = await temporaryFolder();
  await using target = await startTarget();
  await using first = await startEmulator("--data", folder.path);
  expect(first.ready.dataDir).toBe(folder.path);
  const scheduleTime = new Date(Date.now() + 3_600_000).toISOString();
  const { name } = await createTask(first.ready.url, QUEUE, {
    scheduleTime,
    httpRequest: { url: target.url, body: btoa("kept") },
  });
  expect(await first.kill("SIGKILL")).toBe("SIGKILL");
  await using second = await startEmulator("--data", folder.path);
  expect((await fetch(`${second.ready.url}/v2/${name}`)).status).toBe(200);
  expect(await runHere("advance", "1h", "--emulator", second.ready.url)).toEqual({
    code: 0,
    out: expect.stringMatching(/^advanced by 1h to \S+; 1 attempt finished$/),
    err: "",
  });
  expect(await target.next()).toMatchObject({ body: "kept" });
  expect(await second.kill("SIGTERM")).toBe(0);
});

test("queues in the directory keep their settings and ignore the command line", async () => {
  await using folder = await temporaryFolder();
  await using first = await startEmulator("--data", folder.path, "--queue", "mail,rate=5");
  const mail = QUEUE.replace("default", "mail");
  await first.kill("SIGTERM");
  await using second = await startEmulator("--data", folder.path, "--queue", "mail,rate=7", "--queue", "more,rate=9");
  const rateOf = async (queue: string): Promise<unknown> =>
    (await (await fetch(`${second.ready.url}/v2/${queue}`)).json()).rateLimits.maxDispatchesPerSecond;
  expect(await rateOf(mail)).toBe(5);
  expect(await rateOf(QUEUE.replace("default", "more"))).toBe(9);
});

test("a queue that queue.yaml pauses and that was resumed stays running after a restart", async () => {
  await using folder = await temporaryFolder();
  const yaml = await folder.write("queue.yaml", "queue:\n- name: off\n  rate: 0/s\n");
  const args = ["--data", `${folder.path}/data`, "--config", yaml];
  const off = QUEUE.replace("default", "off");
  const stateIn = async (response: Response): Promise<unknown> => (await response.json()).state;
  await using first = await startEmulator(...args);
  expect(await stateIn(await fetch(`${first.ready.url}/v2/${off}`))).toBe("PAUSED");
  expect(await stateIn(await fetch(`${first.ready.url}/v2/${off}:resume`, { method: "POST" }))).toBe("RUNNING");
  await first.kill("SIGTERM");
  await using second = await startEmulator(...args);
  expect(await stateIn(await fetch(`${second.ready.url}/v2/${off}`))).toBe("RUNNING");
});

test("a second emulator on one directory prints one line and exits with 1", async () => {
  await using folder = await temporaryFolder();
  await using first = await startEmulator("--data", folder.path);
  await using second = spawnCloudtask(["emulator", "--json", "--port", "0", "--data", folder.path]);
  expect(await second.ended()).toBe(1);
  expect(second.out()).toBe("");
  expect(second.err()).toMatch(/^cloudtask emulator: .+\n$/);
  expect(second.err()).toContain(folder.path);
  expect(await first.kill("SIGTERM")).toBe(0);
});

test("the last line names the directory of the queues and tasks", async () => {
  await using folder = await temporaryFolder();
  await using emulator = spawnCloudtask(["emulator", "--port", "0", "--data", folder.path]);
  await emulator.seen(/data +\S+\n\n/);
  expect(await emulator.kill("SIGTERM")).toBe(0);
  expect(emulator.out()).toContain(`stopped; queues and tasks are stored in ${folder.path}\n`);
});
