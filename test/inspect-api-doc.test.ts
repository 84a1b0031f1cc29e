import { readFile } from "node:fs/promises";
import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { blocksOf, commandsOf } from "./support/markdown.ts";

const page = await readFile("docs/inspect-api.md", "utf8");
const commands = commandsOf(page).filter((command) => command.startsWith("curl "));

/** Starts an emulator with the task of the examples. */
async function startExample(): Promise<Emulator> {
  const emulator = await createEmulator({ queues: ["mail"] });
  const queue = `projects/${emulator.project}/locations/${emulator.location}/queues/mail`;
  const task = {
    name: `${queue}/tasks/1`,
    scheduleTime: new Date(Date.now() + 3_600_000).toISOString(),
    httpRequest: {
      url: "http://127.0.0.1:9/tasks/run",
      headers: { "CloudTask-Name": "send-mail" },
      body: Buffer.from('{"orderId":"order-4711"}').toString("base64"),
    },
  };
  const created = await fetch(`${emulator.url}/v2/${queue}/tasks`, { method: "POST", body: JSON.stringify({ task }) });
  expect(created.status).toBe(200);
  return emulator;
}

/** Runs a curl command of the page. A stream is read until its first bytes. */
async function run(emulator: Emulator, command: string): Promise<{ readonly status: number; readonly text: string }> {
  const [, method, path = "", body] =
    /^curl (?:-N )?(?:-X (\w+) )?'localhost:8123(\S+)'(?: -d '(.*)')?$/.exec(command) ?? [];
  expect(path, command).not.toBe("");
  const init = { method: method ?? (body === undefined ? "GET" : "POST"), ...(body === undefined ? {} : { body }) };
  const response = await fetch(`${emulator.url}${path}`, init);
  if (!command.includes(" -N ")) return { status: response.status, text: await response.text() };
  const chunk = await response.body?.getReader().read();
  return { status: response.status, text: new TextDecoder().decode(chunk?.value) };
}

/** Checks that an answer has every field of an example, with the same kind of value. */
function expectLike(answer: unknown, example: unknown, path: string): void {
  expect([path, typeof answer], path).toEqual([path, typeof example]);
  if (typeof example !== "object" || example === null) return;
  for (const [key, value] of Object.entries(example)) {
    expectLike((answer as Readonly<Record<string, unknown>>)[key], value, `${path}.${key}`);
  }
}

test.each(commands)("the example answers 200: %s", async (command) => {
  await using emulator = await startExample();
  const { status, text } = await run(emulator, command);
  expect([status, text.length > 1]).toEqual([200, true]);
});

const blocks = blocksOf(page);
const examples = blocks.flatMap(({ language, code }, index) => {
  return language === "json" ? [{ command: blocks[index - 1]?.code.trim() ?? "", json: code }] : [];
});

test.each(examples)("the answer of $command has the fields of the example", async ({ command, json }) => {
  await using emulator = await startExample();
  const { text } = await run(emulator, command);
  expectLike(JSON.parse(text), JSON.parse(json), "answer");
});

test("the page names every path of /inspect and /control, and every state, reason and kind of failure", async () => {
  expect(commands.length).toBeGreaterThan(12);
  expect(examples).toHaveLength(2);
  const types = await Promise.all(
    ["common", "task", "queue"].map((name) => readFile(`packages/emulator/src/inspect/types/${name}-types.ts`, "utf8")),
  );
  const unions = types
    .join("\n")
    .matchAll(/\btype (?:LiveState|FinishedState|WaitReason|BlockerReason|FailureKind) =([\s\S]*?);\n/g);
  const words = [...unions].flatMap(([, union = ""]) =>
    [...union.matchAll(/\| "(\w+)"/g)].map(([, word = ""]) => word),
  );
  expect(words.length).toBeGreaterThan(25);
  expect(words.filter((word) => !page.includes(`\`${word}\``))).toEqual([]);
  const routes = await readFile("packages/emulator/src/inspect/create-inspect.ts", "utf8");
  const paths = [...routes.matchAll(/"\/(?:inspect|control)\/([\w-]+)"/g)].map(([, path = ""]) => path);
  expect(paths.length).toBeGreaterThan(15);
  expect(paths.filter((path) => !page.includes(path))).toEqual([]);
});
