import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { commands } from "../../packages/cli/src/commands.ts";
import { type BrokenWorker, startBrokenWorker } from "../../packages/cli/test/support/broken-worker.ts";
import { startMcp } from "../../packages/cli/test/support/mcp-client.ts";
import { type CommandProject, installCommand } from "./support/install-command.ts";
import { type NodeResult, runNode } from "./support/run-node.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const QUEUES = "queues:\n  mail: { rate: 7 }\n  new: { paused: true }\n";

/** The names of all commands, such as `tasks list`. */
const names = commands.flatMap((node) =>
  "commands" in node ? node.commands.map(({ name }) => `${node.name} ${name}`) : [node.name],
);

let project: CommandProject;
let stage: BrokenWorker;

beforeAll(async () => {
  project = await installCommand();
  await writeFile(join(project.folder, "cloudtask.yaml"), QUEUES);
  stage = await startBrokenWorker();
  for (const to of ["ada", "bob"]) await stage.push(to);
  await stage.emulator.idle();
  stage.mend();
});

afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
  await project?.[Symbol.asyncDispose]();
});

function environment(): Readonly<Record<string, string>> {
  return { CLOUD_TASKS_EMULATOR_HOST: stage.emulator.host, CLOUDSDK_CONFIG: "/nonexistent", NO_COLOR: "1" };
}

/** Runs the packed command on the emulator. */
function run(...args: readonly string[]): Promise<NodeResult> {
  return runNode([join(project.cli, "bin/cloudtask.js"), ...args], { cwd: project.folder, env: environment() });
}

/** Evaluates the packed command once for each call, in one process: the start of a process takes most of the time of a call. */
const MANY_CALLS = `
const [, cli, calls] = process.argv;
const { write } = process.stdout;
const results = [];
process.exit = () => {};
for (const args of JSON.parse(calls)) {
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) {
    process[name].setMaxListeners(0);
    process[name].write = (text) => Boolean((printed[name] += text));
  }
  process.argv = [process.execPath, cli, ...args];
  process.exitCode = undefined;
  await import(cli + "?" + results.length);
  results.push({ ...printed, code: process.exitCode });
}
process.exitCode = 0;
write.call(process.stdout, JSON.stringify(results));
`;

/** Runs the packed command on the emulator, once for each call, one after the other. */
async function runMany(calls: readonly (readonly string[])[]): Promise<readonly NodeResult[]> {
  const cli = pathToFileURL(join(project.cli, "dist/cli.js")).href;
  const args = ["--input-type=module", "-e", MANY_CALLS, cli, JSON.stringify(calls)];
  const { stdout, stderr } = await runNode(args, { cwd: project.folder, env: environment() });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

/** Calls every command with an option, and returns the results by name. */
async function callAll(option: string): Promise<readonly (readonly [name: string, result: NodeResult])[]> {
  const results = await runMany(names.map((name) => [...name.split(" "), option]));
  return results.map((result, index) => [names[index] ?? "", result]);
}

test("every command of the packed command prints its help", async () => {
  const results = await callAll("--help");
  expect(results.length).toBeGreaterThan(30);
  for (const [name, { stdout, stderr, code }] of results) {
    expect({ name, stderr, code }).toEqual({ name, stderr: "", code: 0 });
    expect(stdout).toMatch(new RegExp(`^Usage: cloudtask ${name} .*\\n\\n[A-Z]`));
  }
});

test("every command of the packed command rejects an unknown option, and states how to get help", async () => {
  for (const [name, result] of await callAll("--frobnicate")) {
    const stderr = `cloudtask ${name}: unknown option --frobnicate\nTry: cloudtask ${name} --help\n`;
    expect(result).toEqual({ stdout: "", stderr, code: 2 });
  }
});

test("the packed command prints tables, and JSON with --json", async () => {
  const push = ["tasks", "push", "--definition", "send-mail", "--queue", "mail", "--url", stage.url, "--delay", "1h"];
  const pushed = await run(...push, "--payload", '{"to":"eve"}', "--json");
  const { name, deduplicated } = JSON.parse(pushed.stdout);
  expect(deduplicated).toBe(false);
  const [letter] = JSON.parse((await run("dead", "list", "dead", "--message", "ada", "--json")).stdout);
  const reads: readonly (readonly [args: readonly string[], text: RegExp, json: unknown, code?: number])[] = [
    [["queues", "list"], /^QUEUE +STATE .*\ndead +paused .*\nmail +running /, [{ id: "dead" }, { id: "mail" }]],
    [["queues", "describe", "mail"], /^name +projects\/.*\nstate +running\n/, { id: "mail", rate: 500 }],
    [["queues", "export"], /^queues:\n {2}dead:\n {4}paused: true\n/, { queues: { dead: { paused: true } } }],
    [["queues", "plan"], /\+ new|new/, { changes: [{ queue: "new" }, { queue: "mail" }] }, 3],
    [["tasks", "list", "mail"], /^TASK +DEFINITION .*\nmail\/\S+ +send-mail +in \d+ min /, [{ name }]],
    [["tasks", "describe", name], /^name +\S+\nstate +scheduled\n/, { task: { name }, attempts: [] }],
    [
      ["dead", "list", "dead", "--message", "bob"],
      /^LETTER .*\ndead\/\S+ +send-mail +non-retriable +no route to bob /,
      [{}],
    ],
    [["dead", "describe", letter.name], /^reason +non-retriable\nmessage +no route to ada$/m, { homeQueue: "mail" }],
    [
      ["attempts"],
      /^(?:\S+ \S+ {2}send-mail .*discarded \(.*no route to \w+\n){2}$/,
      [{ discarded: true }, { discarded: true }],
    ],
    [["logs", "--limit", "1"], /^\S+ \S+ {2}send-mail .*discarded \(.*no route to \w+\n$/, { discarded: true }],
  ];
  const plain = await runMany(reads.map(([args]) => args));
  const parsed = await runMany(reads.map(([args]) => [...args, "--json"]));
  for (const [index, [args, text, json, code = 0]] of reads.entries()) {
    expect(plain[index], args.join(" ")).toEqual({ stdout: expect.stringMatching(text), stderr: "", code });
    expect(JSON.parse(parsed[index]?.stdout ?? ""), args.join(" ")).toMatchObject(json as object);
  }
});

test("the packed command changes queues, tasks and dead letters", async () => {
  const changes: readonly (readonly [args: readonly string[], text: RegExp])[] = [
    [["queues", "create", "x", "--max-dispatches-per-second", "5"], /^rate +5\/s/m],
    [["queues", "update", "x", "--rate", "100/m", "--json"], /"concurrency": 1000/],
    [["queues", "pause", "x"], /^state +paused$/m],
    [["queues", "resume", "x", "--json"], /"state": "running"/],
    [["queues", "purge", "x", "--yes"], /^purged the queue x\n$/],
    [["queues", "delete", "x", "--yes", "--json"], /^\{"deleted":"projects\/.*\/queues\/x"\}\n$/],
    [["queues", "apply"], /applied 2 changes\n$/],
    [["queues", "plan", "--json"], /"changes": \[\]/],
    [["dead", "redrive", "dead", "--limit", "1", "--json"], /^\{"redriven":1,"failed":\[\]\}\n$/],
    [["dead", "delete", "dead", "--all", "--yes"], /^deleted 1 dead letter\n$/],
    [["advance", "2h"], /^advanced by 2h to /],
    [["idle"], /^idle: /],
    [["tasks", "delete", "--queue", "mail", "--yes"], /^deleted 0 tasks\n$/],
    [["reset"], /^deleted 0 tasks and all task names/],
  ];
  const results = await runMany(changes.map(([args]) => args));
  for (const [index, [args, text]] of changes.entries()) {
    expect(results[index], args.join(" ")).toEqual({ stdout: expect.stringMatching(text), stderr: "", code: 0 });
  }
  expect(stage.received).toHaveLength(2);
});

test("the packed command starts an emulator, completes words, and fails with the exit codes of the documentation", async () => {
  const print = "console.log(process.env.CLOUD_TASKS_EMULATOR_HOST)";
  const calls: readonly (readonly [args: readonly string[], text: RegExp, code: number])[] = [
    [["exec", "--queue", "mail", "--", process.execPath, "--eval", print], /^127\.0\.0\.1:\d+\n$/, 0],
    [["complete", "bash"], /complete .* cloudtask/, 0],
    [["complete", "--", "tasks", "pu"], /^push\t/m, 0],
    [["version"], /^\d+\.\d+\.\d+\S*\n$/, 0],
    [["queues", "describe", "none"], /^$/, 1],
    [["queues", "list", "--emulator=127.0.0.1:9"], /^$/, 1],
    [["tasks", "describe", "42"], /^$/, 2],
  ];
  const results = await Promise.all(calls.map(([args]) => run(...args)));
  for (const [index, [args, text, code]] of calls.entries()) {
    expect(results[index], args.join(" ")).toMatchObject({ stdout: expect.stringMatching(text), code });
  }
});

test("the packed command serves coding agents without another package", async () => {
  const program = [join(project.cli, "bin/cloudtask.js")];
  await using mcp = await startMcp([`--emulator=${stage.emulator.host}`], {}, program);
  expect((await mcp.json("list_queues")).queues.length).toBeGreaterThan(0);
});
