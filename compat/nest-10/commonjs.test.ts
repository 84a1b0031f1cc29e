import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const HERE = fileURLToPath(new URL(".", import.meta.url));

test("NestJS 10 (CommonJS): an app require()s the packed packages, and on SIGTERM finishes deliveries before its pools close", async () => {
  const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env;
  const child = spawn(process.execPath, ["programs/app.cjs"], { cwd: HERE, env, stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(line));
  const until = async (count: number): Promise<void> => {
    while (lines.length < count) await once(reader, "line");
  };
  await until(2);
  const running = fetch(`${lines[0]}/tasks/run`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CloudTask-Secret": "s3cret-key" },
    body: '{"task":"slow","payload":300}',
  });
  await until(3);
  child.kill("SIGTERM");
  expect((await running).status).toBe(200);
  expect(await once(child, "close")).toEqual([null, "SIGTERM"]);
  expect(lines.slice(1)).toEqual(["one client", "started", "ended", "pool closed"]);
});
