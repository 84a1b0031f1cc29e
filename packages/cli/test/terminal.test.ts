import { spawnSync } from "node:child_process";
import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { CloudTaskClient } from "cloudtask";
import { describe, expect, test } from "vitest";
import { startBrokenWorker } from "./support/broken-worker.ts";
import { temporaryFolder } from "./support/folder.ts";
import { COMMAND, type Spawned, spawnCloudtask } from "./support/spawned.ts";

/** The command script of util-linux runs a program in a pseudo-terminal. That of macOS has other options. */
const hasScript = spawnSync("script", ["--version"]).stdout?.includes("util-linux") === true;

/** Runs the command in a pseudo-terminal of some width, and types a line. */
function typed(line: string, args: readonly string[], { columns = 80, env = {} } = {}): Spawned {
  const command = [process.execPath, ...COMMAND, ...args].join(" ");
  const program = `const { spawn } = require("node:child_process");
    const child = spawn("script", ["-qec", ${JSON.stringify(`stty cols ${columns}; ${command}`)}, "/dev/null"], { stdio: ["pipe", "inherit", "inherit"] });
    child.stdin.write(${JSON.stringify(`${line}\n`)});
    child.on("exit", (code) => process.exit(code));`;
  // Node.js shows no colors on most CI services.
  const colored = { TERM: "xterm-256color", CI: undefined, NO_COLOR: undefined, NODE_DISABLE_COLORS: undefined };
  return spawnCloudtask([], { ...colored, ...env }, ["--eval", program]);
}

/** Pushes tasks by the library, 100 with each call. */
async function fillQueue({ host: emulatorHost, project, location }: Emulator, count: number): Promise<void> {
  const client = new CloudTaskClient({ emulatorHost, project, location, url: "http://127.0.0.1:1/", queue: "mail" });
  const task = client.declare<number>("a");
  await client.pushMany(Array.from({ length: count }, (_, index) => task(index)));
  await client.close();
}

describe.runIf(hasScript)("questions in a pseudo-terminal", () => {
  test.each([
    ["y", 0, "deleted the queue mail", 0],
    ["n", 1, "cancelled; nothing was changed", 1],
    ["", 1, "cancelled; nothing was changed", 1],
  ])("the answer %j to a question exits with %i: %s", async (answer, code, message, left) => {
    await using emulator = await createEmulator({ port: 0, queues: { mail: null } });
    await using spawned = typed(answer, ["queues", "delete", "mail", `--emulator=${emulator.host}`]);
    expect(await spawned.ended()).toBe(code);
    expect(spawned.out()).toContain("This deletes the queue mail with 0 tasks (the emulator at");
    expect(spawned.out()).toContain("Continue? [y/N]");
    expect(spawned.out()).toContain(message);
    const { queues } = await (await fetch(`${emulator.url}/inspect/queues`)).json();
    expect(queues).toHaveLength(left);
  });

  test.each([
    ["y", 0, "redriven 3 dead letters", 3],
    ["n", 1, "cancelled; nothing was changed", 0],
  ])("the answer %j to a redrive of all letters exits with %i: %s", async (answer, code, message, received) => {
    await using stage = await startBrokenWorker();
    for (const to of ["ada", "bob", "eve"]) await stage.push(to);
    await stage.emulator.idle();
    stage.mend();
    await using spawned = typed(answer, ["dead", "redrive", "dead", `--emulator=${stage.emulator.host}`]);
    expect(await spawned.ended()).toBe(code);
    expect(spawned.out()).toContain("This redrives all 3 dead letters of dead (the emulator at");
    expect(spawned.out()).toContain(message);
    await stage.emulator.idle();
    expect(stage.received).toHaveLength(received);
  });
});

describe.runIf(hasScript)("in a pseudo-terminal", () => {
  test("a table has colors, none with NO_COLOR, and becomes blocks in a narrow terminal", async () => {
    await using emulator = await createEmulator({ port: 0, queues: { mail: null } });
    const args = ["queues", "list", `--emulator=${emulator.host}`];
    await using wide = typed("", args, { columns: 120 });
    await using plain = typed("", args, { columns: 120, env: { NO_COLOR: "1" } });
    await using narrow = typed("", args, { columns: 40 });
    await Promise.all([wide.ended(), plain.ended(), narrow.ended()]);
    expect(wide.out()).toContain("\u001b[2mQUEUE");
    expect(plain.out()).not.toContain("\u001b");
    expect(plain.out()).toMatch(/^QUEUE +STATE /m);
    expect(narrow.out()).toMatch(/QUEUE:\S* mail\r\n/);
  });

  test("a bar shows the progress of a deletion on a line of its own, which fits the terminal and is removed at the end", async () => {
    await using emulator = await createEmulator({ port: 0, queues: { mail: { paused: true } } });
    await fillQueue(emulator, 2_500);
    const args = ["tasks", "delete", "--queue", "mail", "--yes", `--emulator=${emulator.host}`];
    await using spawned = typed("", args, { columns: 40 });
    expect(await spawned.ended()).toBe(0);
    const drawn = spawned.out().split("\r\u001b[K").slice(1);
    expect(drawn.at(-1)).toBe("deleted 2,500 tasks\r\n");
    expect(drawn).toContain("1000 tasks found");
    const bars = drawn.filter((text) => text.includes("░") || text.includes("█"));
    expect(bars.length).toBeGreaterThan(2);
    expect(bars.every((bar) => bar.length < 40)).toBe(true);
    expect(bars.at(-1)).toBe(`2500/2500  ${"█".repeat(28)}`);
  });

  test("a bar shows the progress of many pushes", async () => {
    await using emulator = await createEmulator({ port: 0, queues: { mail: { paused: true } } });
    await using folder = await temporaryFolder();
    const file = await folder.write("payloads.jsonl", "{}\n".repeat(500));
    const push = ["tasks", "push", "--definition", "a", "--queue", "mail", "--url", "http://127.0.0.1:1/", "--each"];
    await using spawned = typed("", [...push, `--emulator=${emulator.host}`, "<", file]);
    expect(await spawned.ended()).toBe(0);
    const drawn = spawned.out().split("\r\u001b[K").slice(1);
    expect(drawn.at(-2)).toBe(`500/500  ${"█".repeat(30)}`);
    expect(drawn.at(-1)).toBe("pushed 500 tasks\r\n");
  });

  test("idle and advance state what they wait for, until the end", async () => {
    await using emulator = await createEmulator({ port: 0 });
    await using spawned = typed("", ["idle", `--emulator=${emulator.host}`]);
    expect(await spawned.ended()).toBe(0);
    const drawn = spawned.out().split("\r\u001b[K");
    expect(drawn).toContain(
      `waiting for the attempts of the emulator at ${emulator.host}; Ctrl-C ends the wait`.slice(0, 79),
    );
    expect(drawn.at(-1)).toMatch(/^idle: no due tasks/);
  });

  test("mcp tells a person that it waits for a coding agent", async () => {
    await using spawned = typed("", ["mcp", "--emulator"]);
    await spawned.seen(/waits for a coding agent on stdin\. To set up an agent, see docs\/mcp\.md/);
  });
});
