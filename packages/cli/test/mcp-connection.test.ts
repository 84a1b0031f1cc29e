import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { freePort } from "../../../test/support/free-port.ts";
import { startMcp } from "./support/mcp-client.ts";
import { runHere } from "./support/run-here.ts";
import { COMMAND } from "./support/spawned.ts";

test("the server can start before the emulator, and with --url an agent cannot push to another worker", async () => {
  const port = await freePort();
  await using own = await startMcp(["--url", "http://127.0.0.1:1/", "--queue", "mail"], {
    CLOUD_TASKS_EMULATOR_HOST: `127.0.0.1:${port}`,
  });
  const answer = await own.call("list_queues");
  expect(answer).toEqual({ isError: true, text: expect.stringContaining(`no emulator answers at 127.0.0.1:${port}`) });
  await using _ = await createEmulator({ port, queues: { mail: { paused: true } } });
  const rejected = await own.call("push_task", { definition: "a", url: "http://evil.test/" });
  expect(rejected).toEqual({ isError: true, text: 'invalid input of push_task: Unrecognized key: "url"' });
  const { name } = await own.json("push_task", { definition: "a" });
  expect(await own.json("describe_task", { task: name })).toMatchObject({
    task: { request: { url: "http://127.0.0.1:1/" } },
  });
});

test("a client with the first version of the protocol is served, and the server ends when its stdin ends", async () => {
  const child = spawn(process.execPath, [...COMMAND, "mcp", "--emulator"], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (message: object): Promise<ReturnType<typeof JSON.parse>> => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
    return JSON.parse((await answers.next()).value);
  };
  const protocolVersion = "2024-11-05";
  const params = { protocolVersion, capabilities: {}, clientInfo: { name: "old", version: "1" } };
  const { result } = await ask({ id: 1, method: "initialize", params });
  expect(result).toMatchObject({ protocolVersion, serverInfo: { name: "cloudtask" } });
  expect((await ask({ id: 2, method: "tools/list" })).result.tools.length).toBeGreaterThan(10);
  child.stdin.end();
  expect(await ended).toEqual([0, null]);
});

test("the server ends with a message if a message of the client is too long", async () => {
  const child = spawn(process.execPath, [...COMMAND, "mcp", "--emulator"], { stdio: ["pipe", "pipe", "pipe"] });
  const ended = once(child, "exit");
  const answers = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  child.stdin.on("error", () => undefined);
  child.stdin.write(`${"x".repeat(11_000_000)}\n`);
  expect((await answers.next()).value).toMatch(/^cloudtask mcp: .*exceeded/i);
  expect(await ended).toEqual([0, null]);
});

test.each([
  [["--secret-file", "x"], "--secret-file requires --url"],
  [["--service-account", "a@b.c"], "--service-account requires --url"],
  [["--url", "x"], "--url: expected a URL with http:// or https://"],
  [["--emulator=nowhere"], "--emulator: expected HOST:PORT"],
  [["--alow-writes"], "did you mean --allow-writes?"],
])("cloudtask mcp %j exits with 2: %s", async (args, message) => {
  expect(await runHere("mcp", ...args)).toMatchObject({ code: 2, out: "", err: expect.stringContaining(message) });
});
