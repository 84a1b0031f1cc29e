import { spawnSync } from "node:child_process";
import { createEmulator } from "@cloudtask/emulator";
import { describe, expect, test } from "vitest";
import { type Spawned, spawnCloudtask } from "./support/spawned.ts";

/** The command script of util-linux runs a program in a pseudo-terminal. That of macOS has other options. */
const hasScript = spawnSync("script", ["--version"]).stdout?.includes("util-linux") === true;

/** Runs the command in a pseudo-terminal of some width, and types a line. */
function typed(line: string, args: readonly string[], { columns = 80, env = {} } = {}): Spawned {
  const command = [process.execPath, "--import", "tsx", "packages/cli/src/cli.ts", ...args].join(" ");
  const program = `const { spawn } = require("node:child_process");
    const child = spawn("script", ["-qec", ${JSON.stringify(`stty cols ${columns}; ${command}`)}, "/dev/null"], { stdio: ["pipe", "inherit", "inherit"] });
    child.stdin.write(${JSON.stringify(`${line}\n`)});
    child.on("exit", (code) => process.exit(code));`;
  // Node.js shows no colors on most CI services.
  const colored = { TERM: "xterm-256color", CI: undefined, NO_COLOR: undefined, NODE_DISABLE_COLORS: undefined };
  return spawnCloudtask([], { ...colored, ...env }, ["--eval", program]);
}

describe.runIf(hasScript)("in a pseudo-terminal", () => {
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
});
