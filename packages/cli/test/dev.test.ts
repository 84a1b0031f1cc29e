import { expect, test } from "vitest";
import { temporaryFolder } from "./support/folder.ts";
import { spawnCloudtask } from "./support/spawned.ts";

/** A worker that pushes a task to itself, and prints the delivery. */
const WORKER = `
const { createServer } = require("node:http");
const { CLOUD_TASKS_EMULATOR_HOST: host, GOOGLE_CLOUD_PROJECT: project, GOOGLE_CLOUD_LOCATION: location } = process.env;
const server = createServer((request, response) => {
  response.end();
  console.log("delivered", request.headers["x-cloudtasks-taskname"]);
}).listen(0, "127.0.0.1", async () => {
  const queue = \`projects/\${project}/locations/\${location}/queues/mail\`;
  const task = { name: \`\${queue}/tasks/t\${Date.now()}\`, httpRequest: { url: \`http://127.0.0.1:\${server.address().port}/\` } };
  const { status } = await fetch(\`http://\${host}/v2/\${queue}/tasks\`, { method: "POST", body: JSON.stringify({ task }) });
  console.error("pushed", status);
});
process.on("SIGTERM", () => { console.log("worker ends"); process.exit(); });
`;

test("exec starts an emulator for a command, passes its options on, and ends with its exit code", async () => {
  const program = `fetch("http://" + process.env.CLOUD_TASKS_EMULATOR_HOST + "/v2/projects/p/locations/us-central1/queues/mail")
    .then((r) => { console.log(r.status, process.env.GOOGLE_CLOUD_PROJECT, process.argv.slice(1).join(" ")); process.exit(7); })`;
  const command = [process.execPath, "--eval", program, "--", "--port", "--data"];
  await using spawned = spawnCloudtask(["exec", "--project", "p", "--queue", "mail", "--", ...command]);
  expect(await spawned.ended()).toBe(7);
  expect(spawned.out()).toBe("200 p --port --data\n");
  expect(spawned.err()).toBe("");
});

test.each([
  [["exec"], "cloudtask exec: COMMAND is missing; pass a command, as in -- npm test"],
  [["dev", "--queue", "mail"], "cloudtask dev: COMMAND is missing"],
  [["exec", "--prot", "1", "--", "true"], "unknown option --prot, did you mean --port?"],
  [["exec", "--", "no-such-program"], 'COMMAND: "no-such-program" cannot be started (ENOENT)'],
  [
    ["dev", "--memory", "--port", "0", "--", "no-such-program"],
    'COMMAND: "no-such-program" cannot be started (ENOENT)',
  ],
])("cloudtask %j exits with 2: %s", async (args, message) => {
  await using spawned = spawnCloudtask(args);
  expect(await spawned.ended()).toBe(2);
  expect(spawned.err()).toContain(message);
});

test.each([["exec"], ["dev"]])("%s notes a misspelled variable of an option", async (command) => {
  const settings = { CLOUDTASK_QUEUES: "mail", CLOUDTASK_MEMORY: "true", CLOUDTASK_PORT: "0", CLOUDTASK_APP: "mine" };
  await using spawned = spawnCloudtask([command, "--", process.execPath, "--eval", "console.log('runs')"], settings);
  await spawned.seen(/runs\n/);
  await spawned.kill("SIGTERM");
  expect(spawned.err()).toBe("note: CLOUDTASK_QUEUES is not read, did you mean CLOUDTASK_QUEUE?\n");
});

test("exec ends with 128 and the number of the signal that ended the command", async () => {
  await using spawned = spawnCloudtask([
    "exec",
    "--",
    process.execPath,
    "--eval",
    "process.kill(process.pid, 'SIGKILL')",
  ]);
  expect(await spawned.ended()).toBe(137);
});

test("dev shows one log of the emulator and the worker, and Ctrl-C ends the worker first", async () => {
  await using spawned = spawnCloudtask([
    "dev",
    "--memory",
    "--port",
    "0",
    "--queue",
    "mail",
    "--",
    process.execPath,
    "--eval",
    WORKER,
  ]);
  await spawned.seen(/emulator \| dashboard: http:\/\/127\.0\.0\.1:\d+\/\n/);
  await spawned.seen(/worker {3}\| pushed 200\n/);
  await spawned.seen(/worker {3}\| delivered t\d+\n/);
  await spawned.seen(/emulator \| \S+ {2}mail\/t\d+ {2}attempt 1 {2}200 .*done\n/);
  expect(await spawned.kill("SIGINT")).toBe(0);
  expect(spawned.out()).toMatch(/worker {3}\| worker ends\nemulator \| stopped\n$/);
  expect(spawned.err()).toBe("");
});

test("dev starts a worker that ended again, with the same emulator", async () => {
  await using folder = await temporaryFolder();
  const program = `const fs = require("node:fs"); const file = ${JSON.stringify(`${folder.path}/runs`)};
    fs.appendFileSync(file, process.env.CLOUD_TASKS_EMULATOR_HOST + "\\n");
    if (fs.readFileSync(file, "utf8").split("\\n").length < 3) process.exit(3);
    console.log("same", new Set(fs.readFileSync(file, "utf8").trim().split("\\n")).size); setInterval(() => {}, 1000);`;
  await using spawned = spawnCloudtask(["dev", "--memory", "--port", "0", "--", process.execPath, "--eval", program]);
  await spawned.seen(/worker {3}\| ended with exit code 3; starts again in 0\.5 s\n/);
  await spawned.seen(/worker {3}\| same 1\n/);
  expect(await spawned.kill("SIGTERM")).toBe(0);
});
