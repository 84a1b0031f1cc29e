import http from "node:http";
import { text } from "node:stream/consumers";
import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";

type Headers = Readonly<Record<string, string>>;

/** Sends a request with the headers of a browser, which `fetch` does not allow to set. */
async function send(emulator: Emulator, method: string, path: string, headers: Headers): Promise<[number, string]> {
  const { port } = new URL(emulator.url);
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    http.request({ port, host: "127.0.0.1", method, path, headers }, resolve).on("error", reject).end();
  });
  return [response.statusCode ?? 0, await text(response)];
}

async function tokenOf(emulator: Emulator): Promise<string> {
  const [, body] = await send(emulator, "GET", "/control/session", { "Sec-Fetch-Site": "same-origin" });
  return (JSON.parse(body) as { readonly token: string }).token;
}

const calls: readonly (readonly [method: string, path: string])[] = [
  ["POST", "/control/reset"],
  ["POST", "/control/faults"],
  ["GET", "/control/faults"],
  ["DELETE", "/control/faults"],
];

test.each(calls)(
  "%s %s of a page is rejected without the token, also from the emulator's own origin",
  async (...call) => {
    await using emulator = await createEmulator();
    for (const browser of [
      { Origin: emulator.url },
      { "Sec-Fetch-Site": "same-origin" },
      { "Sec-Fetch-Site": "none" },
    ]) {
      const [status, body] = await send(emulator, ...call, browser);
      expect([status, body]).toEqual([403, expect.stringContaining("GET /control/session")]);
      for (const token of ["", "wrong", "x".repeat(32)])
        expect((await send(emulator, ...call, { ...browser, "X-CloudTask-Token": token }))[0]).toBe(403);
    }
  },
);

test("a page with the token may change the emulator, and a program needs none", async () => {
  await using emulator = await createEmulator();
  const headers = {
    Origin: emulator.url,
    "Sec-Fetch-Site": "same-origin",
    "X-CloudTask-Token": await tokenOf(emulator),
  };
  expect((await send(emulator, "POST", "/control/reset", headers))[0]).toBe(200);
  expect((await send(emulator, "POST", "/control/reset", {}))[0]).toBe(200);
  expect((await fetch(`${emulator.url}/control/reset`, { method: "POST" })).status).toBe(200);
});

test("every emulator has another token", async () => {
  await using first = await createEmulator();
  await using second = await createEmulator();
  expect(await tokenOf(first)).not.toBe(await tokenOf(second));
});

const foreign: readonly Headers[] = [
  { Origin: "https://evil.example" },
  { Origin: "null" },
  { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors" },
  { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors" },
  { "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors" },
  { Host: "rebound.example:8123", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors" },
];

test.each(foreign)("a request of another origin is rejected: %j", async (headers) => {
  await using emulator = await createEmulator();
  const token = { "X-CloudTask-Token": await tokenOf(emulator) };
  for (const path of ["/inspect/queues", "/inspect/events", "/control/session", "/control/faults", "/", "/health"])
    expect((await send(emulator, "GET", path, { ...headers, ...token }))[0]).toBe(403);
  expect((await send(emulator, "POST", "/control/reset", { ...headers, ...token }))[0]).toBe(403);
});

test("a link from another page opens the dashboard", async () => {
  await using emulator = await createEmulator();
  const headers = { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document" };
  expect((await send(emulator, "GET", "/", headers))[0]).toBe(200);
});

test("a page behind a proxy with TLS has an origin with https", async () => {
  await using emulator = await createEmulator({ allowedHosts: ["tasks.example"] });
  const headers = { Host: "tasks.example", Origin: "https://tasks.example" };
  expect((await send(emulator, "GET", "/inspect/queues", headers))[0]).toBe(200);
});
