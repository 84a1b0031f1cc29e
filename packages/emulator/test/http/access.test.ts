import http from "node:http";
import { text } from "node:stream/consumers";
import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { listTasks } from "../support/api.ts";
import { startTarget } from "../support/target.ts";

interface Answer {
  readonly status: number | undefined;
  readonly error: { readonly code?: number; readonly status?: string; readonly message?: string };
}

/** Sends a request with the headers of a browser, including `Host`, which `fetch` does not allow to set. */
async function send(
  emulator: Emulator,
  headers: Readonly<Record<string, string>>,
  path = `/v2/${emulator.queues[0]}`,
  body = "",
): Promise<Answer> {
  const { port } = new URL(emulator.url);
  const method = body === "" ? "GET" : "POST";
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    http.request({ port, host: "127.0.0.1", method, path, headers }, resolve).on("error", reject).end(body);
  });
  const { error = {} } = JSON.parse(await text(response)) as Partial<Answer>;
  return { status: response.statusCode, error };
}

function push(emulator: Emulator, headers: Readonly<Record<string, string>>, url: string): Promise<Answer> {
  return send(emulator, headers, `/v2/${emulator.queues[0]}/tasks`, JSON.stringify({ task: { httpRequest: { url } } }));
}

const foreign = [
  "https://evil.example",
  "null",
  "http://localhost:3000",
  "http://127.0.0.1:1",
  "http://evil.localhost",
];

test.each(foreign)("a task from a web page of %s is rejected, and no request is sent to its target", async (origin) => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator();
  const answer = await push(emulator, { Origin: origin, "Content-Type": "text/plain" }, target.url);
  expect(answer).toMatchObject({ status: 403, error: { code: 403, status: "PERMISSION_DENIED" } });
  expect(answer.error.message).toContain(JSON.stringify(origin));
  await emulator.idle();
  expect([target.received.length, (await listTasks(emulator)).length]).toEqual([0, 0]);
});

test("a page whose host name resolves to this machine is rejected, although its origin equals the Host", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator();
  const host = `rebound.example:${new URL(emulator.url).port}`;
  const answer = await push(emulator, { Host: host, Origin: `http://${host}` }, target.url);
  expect(answer).toMatchObject({ status: 403, error: { code: 403, status: "PERMISSION_DENIED" } });
  expect(answer.error.message).toContain('"rebound.example"');
  expect(answer.error.message).toContain("allowedHosts");
  await emulator.idle();
  expect(target.received).toEqual([]);
});

test("a page of the emulator's own origin is accepted", async () => {
  await using emulator = await createEmulator();
  expect(await send(emulator, { Origin: emulator.url })).toMatchObject({ status: 200 });
  const host = `LocalHost:${new URL(emulator.url).port}`;
  expect(await send(emulator, { Host: host, Origin: `http://${host.toLowerCase()}` })).toMatchObject({ status: 200 });
});

const types = ["text/plain", "application/x-www-form-urlencoded", "application/json"];

test.each(types)("a request with the Content-Type %s, a default of curl -d or fetch, is accepted", async (type) => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator();
  expect(await push(emulator, { "Content-Type": type }, target.url)).toMatchObject({ status: 200 });
  await emulator.idle();
  expect(target.received).toHaveLength(1);
});

const hosts: readonly [host: string, status: number][] = [
  ["localhost", 200],
  ["LOCALHOST:8123", 200],
  ["tasks.localhost:8123", 200],
  ["127.0.0.1", 200],
  ["127.8.9.10:8123", 200],
  ["[::1]:8123", 200],
  ["127.0.0.1.evil.example", 403],
  ["localhost.evil.example", 403],
  ["evillocalhost", 403],
  ["192.168.1.5:8123", 403],
  ["0.0.0.0:8123", 403],
  ["[2001:db8::1]:8123", 403],
  ["emulator:8123", 403],
  ["evil.example@", 403],
];

test.each(hosts)("a request with the Host %j is answered %i", async (host, status) => {
  await using emulator = await createEmulator();
  expect((await send(emulator, { Host: host })).status).toBe(status);
});

test("a name in allowedHosts is accepted with any port and in any case", async () => {
  await using emulator = await createEmulator({ allowedHosts: ["Emulator", "tasks.internal"] });
  const answers = ["emulator:8123", "EMULATOR", "tasks.internal", "a.tasks.internal"].map((Host) =>
    send(emulator, { Host }).then(({ status }) => status),
  );
  expect(await Promise.all(answers)).toEqual([200, 200, 200, 403]);
});

test("an emulator that listens on all interfaces accepts every IP address, but only allowed names", async () => {
  await using emulator = await createEmulator({ host: "0.0.0.0", allowedHosts: ["emulator"] });
  const answers = ["192.168.1.5:8123", "[2001:db8::1]", "0.0.0.0", "emulator", "rebound.example"].map((Host) =>
    send(emulator, { Host }).then(({ status }) => status),
  );
  expect(await Promise.all(answers)).toEqual([200, 200, 200, 200, 403]);
});

test.each(["/.well-known/openid-configuration", "/oidc/jwks"])("%s rejects requests of web pages", async (path) => {
  await using emulator = await createEmulator();
  expect((await send(emulator, {}, path)).status).toBe(200);
  expect((await send(emulator, { Host: "rebound.example" }, path)).status).toBe(403);
  expect((await send(emulator, { Origin: "https://evil.example" }, path)).status).toBe(403);
});
