import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { QUEUE } from "./support/fixture.ts";
import { still, task } from "./support/still.ts";

test.each([
  ["gzip", 200],
  ["x-gzip", 200],
  ["identity", 200],
  ["br", 415],
])("a body with Content-Encoding %s is answered %s", async (encoding, status) => {
  await using emulator = await still();
  const text = JSON.stringify({ responseView: "FULL", task });
  const body = encoding.endsWith("gzip") ? gzipSync(text) : text;
  const init = { method: "POST", headers: { "Content-Encoding": encoding }, body };
  expect((await fetch(`${emulator.url}/v2/${QUEUE}/tasks`, init)).status).toBe(status);
});

test("the limit of a body counts after decompression, and broken gzip is rejected", async () => {
  await using emulator = await still();
  const headers = { "Content-Encoding": "gzip" };
  for (const [body, message] of [
    [gzipSync(Buffer.alloc(11 * 1024 * 1024)), "Request payload size exceeds the limit: 10485760 bytes."],
    [Buffer.from("no gzip"), "The body is not valid gzip"],
  ] as const) {
    const response = await fetch(`${emulator.url}/v2/${QUEUE}/tasks`, { method: "POST", headers, body });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(message);
  }
});

test("a compressed body of tasks:buffer is stored decompressed, and an empty id is generated", async () => {
  await using emulator = await still();
  const target = { httpTarget: { uriOverride: { host: "example.com" } } };
  await fetch(`${emulator.url}/v2/${QUEUE}`, { method: "PATCH", body: JSON.stringify(target) });
  const init = { method: "POST", headers: { "Content-Encoding": "gzip" }, body: gzipSync("hello") };
  const response = await fetch(`${emulator.url}/v2/${QUEUE}/tasks/:buffer`, init);
  const answer = (await response.json()) as { task: { name: string } };
  expect(answer.task.name).toMatch(/\/tasks\/\d+$/);
  const full = await fetch(`${emulator.url}/v2/${answer.task.name}?responseView=FULL`);
  expect(await full.json()).toMatchObject({ httpRequest: { body: Buffer.from("hello").toString("base64") } });
});

test("X-HTTP-Method-Override selects the method, and a form is the query of a GET", async () => {
  await using emulator = await still();
  const override = (method: string, init: RequestInit): Promise<Response> =>
    fetch(`${emulator.url}/v2/${QUEUE}`, {
      ...init,
      method: "POST",
      headers: { "X-HTTP-Method-Override": method, ...init.headers },
    });
  const patched = await override("PATCH", { body: JSON.stringify({ retryConfig: { maxAttempts: 7 } }) });
  expect(await patched.json()).toMatchObject({ retryConfig: { maxAttempts: 7 } });
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const found = await override("GET", { headers, body: "fields=retryConfig%2FmaxAttempts" });
  expect(await found.json()).toEqual({ retryConfig: { maxAttempts: 7 } });
  expect((await override("DELETE", {})).status).toBe(200);
  expect((await fetch(`${emulator.url}/v2/${QUEUE}`)).status).toBe(404);
});
