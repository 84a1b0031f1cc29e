import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { parseFlags } from "../src/args/parse-flags.ts";
import { readConfig } from "../src/config/read-config.ts";
import { controlCommands } from "../src/control/control-command.ts";
import { emulatorCommand } from "../src/emulator/emulator-command.ts";
import { temporaryFolder } from "./support/folder.ts";
import { planOf } from "./support/run-here.ts";

const page = readFileSync("docs/emulator.md", "utf8");
const commands = [emulatorCommand, ...controlCommands];

/** The code of a language, its lines that are continued joined. */
const blocks = (language: string): string[] =>
  [...page.matchAll(/```(\w+)\n([\s\S]*?)```/g)]
    .filter(([, name]) => name === language)
    .map(([, , code = ""]) => code.replace(/\\\n\s*/g, ""));

const calls = [
  ...[
    ...blocks("sh")
      .join("\n")
      .matchAll(/^npx (?:@cloudtask\/cli|cloudtask) (.*)$/gm),
  ].map(([, call = ""]) => call),
  ...[...page.matchAll(/`npx (?:@cloudtask\/cli|cloudtask) ([^`]*)`/g)].map(([, call = ""]) => call),
].map((call) => call.replace(/\s+#.*/, ""));

test("the page has at most 150 lines, and every command in it is one that there is", () => {
  expect(page.split("\n").length).toBeLessThanOrEqual(150);
  expect(calls.length).toBeGreaterThan(5);
  for (const call of calls) {
    const [name, ...args] = call.trim().split(/\s+/);
    const command = commands.find((each) => each.name === name);
    expect(command, call).toBeDefined();
    expect(parseFlags(args, command?.flags ?? []), call).toBeDefined();
  }
});

test("every option that it names is one of the emulator's, of another command's, or of npm's and Docker's", () => {
  const known = new Set([...commands.flatMap(({ flags }) => flags.map(({ name }) => name)), "save-dev"]);
  const named = [...page.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].map(([, name = ""]) => name);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test("its file is read as it says", async () => {
  await using folder = await temporaryFolder();
  const [own = ""] = blocks("yaml");
  const config = readConfig(await folder.write("cloudtask.yaml", own));
  expect(config.options).toMatchObject({ project: "my-project", dataDir: `${folder.path}/.cloudtask` });
  expect(config.queues?.map(({ config: { name } }) => name)).toEqual(["default", "mail"]);
});

test("the arguments that its containers are given are understood", () => {
  const compose = parse(blocks("yaml")[1] ?? "");
  expect(planOf(compose.services.emulator.command).options).toMatchObject({
    allowedHosts: ["emulator"],
    rewriteHosts: { localhost: "host.docker.internal" },
  });
  const [, args = ""] = /docker run .* cloudtask-emulator (.*)$/m.exec(page) ?? [];
  expect(planOf(args.split(" ")).options.queues).toHaveLength(1);
});
