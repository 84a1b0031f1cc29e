import { realpathSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { commands } from "../../packages/cli/src/commands.ts";
import { type BrokenWorker, startBrokenWorker } from "../../packages/cli/test/support/broken-worker.ts";
import { startMcp } from "../../packages/cli/test/support/mcp-client.ts";
import { packages } from "./support/packed.ts";
import { type NodeResult, runNode } from "./support/run-node.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const QUEUES = "queues:\n  mail: { rate: 7 }\n  new: { paused: true }\n";

/** The names of all commands, such as `tasks list`. */
const names = commands.flatMap((node) =>
  "commands" in node ? node.commands.map(({ name }) => `${node.name} ${name}`) : [node.name],
);

let project: string;
let stage: BrokenWorker;

beforeAll(async () => {
  project = realpathSync(await mkdtemp(join(tmpdir(), "cloudtask-command-")));
  await installCommand();
  await writeFile(join(project, "cloudtask.yaml"), QUEUES);
  stage = await startBrokenWorker();
  for (const to of ["ada", "bob"]) await stage.push(to);
  await stage.emulator.idle();
  stage.mend();
});

afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
  await rm(project, { recursive: true });
});

/** Copies the packed command outside this repository, beside only those packages that its manifest names. */
async function installCommand(): Promise<void> {
  const { folder, manifest } = packages.find(({ name }) => name === "@cloudtask/cli") ?? {};
  await cp(folder ?? "", join(project, "node_modules/@cloudtask/cli"), { recursive: true });
  for (const name of Object.keys(manifest?.dependencies ?? {})) {
    // compat/node_modules has other versions of packages that are not ours.
    const installed = packages.find((each) => each.name === name)?.folder ?? resolve("node_modules", name);
    await mkdir(dirname(join(project, "node_modules", name)), { recursive: true });
    await symlink(realpathSync(installed), join(project, "node_modules", name));
  }
}

/** Runs the packed command, on the emulator. */
function run(...args: readonly string[]): Promise<NodeResult> {
  const env = { CLOUD_TASKS_EMULATOR_HOST: stage.emulator.host, CLOUDSDK_CONFIG: "/nonexistent", NO_COLOR: "1" };
  return runNode(["node_modules/@cloudtask/cli/bin/cloudtask.js", ...args], { cwd: project, env });
}

/** Runs an action for each item, a few at the same time. */
async function forEach<T>(items: readonly T[], action: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const work = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await action(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, work));
}

test("every command of the packed command prints its help", async () => {
  await forEach(names, async (name) => {
    const { stdout, stderr, code } = await run(...name.split(" "), "--help");
    expect({ name, stderr, code }).toEqual({ name, stderr: "", code: 0 });
    expect(stdout).toMatch(new RegExp(`^Usage: cloudtask ${name} .*\\n\\n[A-Z]`));
  });
});

test("every command of the packed command rejects an unknown option, and states how to get help", async () => {
  await forEach(names, async (name) => {
    const { stdout, stderr, code } = await run(...name.split(" "), "--frobnicate");
    expect({ name, stdout, code }).toEqual({ name, stdout: "", code: 2 });
    expect(stderr).toBe(`cloudtask ${name}: unknown option --frobnicate\nTry: cloudtask ${name} --help\n`);
  });
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
      /^(?:\S+ \S+ {2}send-mail .*discarded: .*no route to \w+\n){2}$/,
      [{ discarded: true }, { discarded: true }],
    ],
    [["logs", "--limit", "1"], /^\S+ \S+ {2}send-mail .*discarded: .*no route to \w+\n$/, { discarded: true }],
  ];
  await forEach(reads, async ([args, text, json, code = 0]) => {
    const [plain, parsed] = await Promise.all([run(...args), run(...args, "--json")]);
    expect(plain, args.join(" ")).toEqual({ stdout: expect.stringMatching(text), stderr: "", code });
    expect(JSON.parse(parsed.stdout), args.join(" ")).toMatchObject(json as object);
  });
});

/** Each group depends on the order of its commands, and on no other group. */
const CHANGES: readonly (readonly (readonly [args: readonly string[], text: RegExp])[])[] = [
  [
    [["queues", "create", "x", "--max-dispatches-per-second", "5"], /^rate +5\/s/m],
    [["queues", "update", "x", "--rate", "100/m", "--json"], /"concurrency": 1000/],
    [["queues", "pause", "x"], /^state +paused$/m],
    [["queues", "resume", "x", "--json"], /"state": "running"/],
    [["queues", "purge", "x", "--yes"], /^purged the queue x\n$/],
    [["queues", "delete", "x", "--yes", "--json"], /^\{"deleted":"projects\/.*\/queues\/x"\}\n$/],
  ],
  [
    [["dead", "redrive", "dead", "--limit", "1", "--json"], /^\{"redriven":1,"failed":\[\]\}\n$/],
    [["dead", "delete", "dead", "--all", "--yes"], /^deleted 1 dead letter\n$/],
  ],
  [
    [["advance", "2h"], /^advanced by 2h to /],
    [["idle"], /^idle: /],
    [["queues", "apply"], /applied 2 changes\n$/],
  ],
];

test("the packed command changes queues, tasks and dead letters", async () => {
  await forEach(CHANGES, async (group) => {
    for (const [args, text] of group) {
      expect(await run(...args), args.join(" ")).toEqual({ stdout: expect.stringMatching(text), stderr: "", code: 0 });
    }
  });
  await stage.emulator.idle();
  expect(stage.received).toHaveLength(2);
  expect((await run("reset")).stdout).toMatch(/^deleted 0 tasks and all task names/);
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
  await forEach(calls, async ([args, text, code]) => {
    expect(await run(...args), args.join(" ")).toMatchObject({ stdout: expect.stringMatching(text), code });
  });
});

test("the packed command serves coding agents without another package", async () => {
  const program = [join(project, "node_modules/@cloudtask/cli/bin/cloudtask.js")];
  await using mcp = await startMcp([`--emulator=${stage.emulator.host}`], {}, program);
  expect((await mcp.json("list_queues")).queues.length).toBeGreaterThan(0);
});
