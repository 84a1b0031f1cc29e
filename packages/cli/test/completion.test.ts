import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { expect, test } from "vitest";
import { temporaryFolder } from "./support/folder.ts";
import { runHere } from "./support/run-here.ts";
import { spawnCloudtask } from "./support/spawned.ts";

async function completions(...words: readonly string[]): Promise<readonly string[]> {
  await using spawned = spawnCloudtask(["complete", "--", ...words]);
  expect(await spawned.ended()).toBe(0);
  const lines = spawned.out().trim().split("\n");
  return lines.slice(0, -1).map((line) => line.split("\t")[0] ?? "");
}

test.each([
  [["em"], ["emulator"]],
  [["emulator", "--alow"], []],
  [["emulator", "--auto"], ["--auto-create-queues"]],
  [["emulator", "--port", "0", "--mem"], ["--memory"]],
  [
    ["reset", "--"],
    ["--clock", "--json", "--emulator", "--help"],
  ],
  [["emulator", "--port", ""], []],
  [
    ["faults", ""],
    ["list", "add", "remove"],
  ],
  [
    ["faults", "remove", "--"],
    ["--all", "--emulator", "--json", "--help"],
  ],
])("cloudtask complete -- %j prints %j", async (words, expected) => {
  expect(await completions(...words)).toEqual(expected);
});

test.each([["fsh"], ["--bash"]])("cloudtask complete %s is rejected", async (shell) => {
  expect(await runHere("complete", shell)).toMatchObject({ code: 2, out: "" });
});

/** Runs the last word of a command line through the completion of a real shell. */
const shells: Readonly<Record<string, (script: string) => readonly [string, ...string[]]>> = {
  bash: (script) => [
    "bash",
    "--norc",
    "-c",
    `source ${script}; COMP_WORDS=(cloudtask emulator --all); COMP_CWORD=2; COMP_LINE="cloudtask emulator --all"; COMP_POINT=\${#COMP_LINE}
     __cloudtask_complete; echo "\${COMPREPLY[@]}"`,
  ],
  fish: (script) => [
    "fish",
    "--no-config",
    "-c",
    `source ${script}; complete --do-complete "cloudtask emulator --all"`,
  ],
  zsh: (script) => ["zsh", "-f", "-c", `autoload -U compinit; compinit -D; source ${script}; whence -w _cloudtask`],
};
const installed = Object.keys(shells).filter((shell) => spawnSync(shell, ["-c", "exit"]).status === 0);

test.each(installed)("%s completes an option with the script", async (shell) => {
  await using folder = await temporaryFolder();
  await using script = spawnCloudtask(["complete", shell]);
  expect(await script.ended()).toBe(0);
  const file = await folder.write("script", script.out());
  const command = await folder.write(
    "cloudtask",
    `#!/bin/sh\nexec ${process.execPath} --import tsx ${process.cwd()}/packages/cli/src/cli.ts "$@"\n`,
  );
  chmodSync(command, 0o755);
  const [program, ...args] = shells[shell]?.(file) ?? [""];
  const output = execFileSync(program, args, {
    env: { ...process.env, PATH: `${folder.path}:${process.env.PATH}` },
    encoding: "utf8",
  });
  expect(output).toMatch(/--allow(?:ed-host|-unverified-tls)|_cloudtask: function/);
});
