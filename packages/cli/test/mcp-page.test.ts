import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { commands } from "../src/commands.ts";
import { offeredTools } from "../src/mcp/offered-tools.ts";
import { parseLine } from "./support/parse-line.ts";

const page = readFileSync("docs/mcp.md", "utf8");

test("the configurations on the page start the command with valid options", async () => {
  const files = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = ""]) => JSON.parse(json));
  expect(files.map((file) => Object.keys(file))).toEqual([["mcpServers"], ["servers"], ["mcpServers"]]);
  for (const file of files) {
    const { cloudtask } = file.mcpServers ?? file.servers;
    const [yes, name, ...args] = cloudtask.args;
    expect([cloudtask.command, yes, name]).toEqual(["npx", "-y", "@cloudtask/cli"]);
    expect((await parseLine(args, commands)).spec.name).toBe("mcp");
  }
});

test("the table on the page names every tool", () => {
  const emulator = offeredTools({ emulatorHost: "127.0.0.1:8123", allowWrites: false, hasUrl: false });
  const [, table = ""] = /## Which tools[\s\S]*?\n\|---\|---\|\n([\s\S]*?)\n\n/.exec(page) ?? [];
  const named = table.split("\n").flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)]);
  expect(named.map(([, name]) => name).sort()).toEqual(emulator.tools.map(({ name }) => name).sort());
});
