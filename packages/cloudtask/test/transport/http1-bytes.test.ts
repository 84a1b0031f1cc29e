import http from "node:http";
import { expect, onTestFinished, test } from "vitest";
import type { HttpRequest, HttpSender } from "../../src/core/http-sender.ts";
import { createModuleSender } from "../../src/transport/http-module-node.ts";
import { createSocketSender } from "../../src/transport/http1/socket-sender-node.ts";
import { OK, rawServer } from "../support/raw-server.ts";

const headers = { "content-type": "application/json", "user-agent": "cloudtask/0.0.0" };
const path = "/v2/projects/p/locations/l/queues/q/tasks";

const requests: Readonly<Record<string, Partial<HttpRequest> & { readonly path: string }>> = {
  "a create": { method: "POST", path, headers, body: '{"task":{}}' },
  "a get": { path: `${path}/1`, headers },
  "a get with a query": { path: `${path}?pageSize=10&filter=a%20b&x=é#fragment`, headers },
  "a delete": { method: "DELETE", path: `${path}/1`, headers },
  "a call without a body": { method: "POST", path: "/v2/projects/p/locations/l/queues/q:pause", headers },
  "an update": { method: "PATCH", path: "/v2/q?updateMask=state", headers, body: "{}" },
  "a body that is not ASCII": { method: "POST", path, headers, body: '{"text":"žluť é 🚀"}' },
  "a long body": { method: "POST", path, headers, body: "x".repeat(100_000) },
  "a long body that is not ASCII": { method: "POST", path, headers, body: "é".repeat(100_000) },
  "an empty header": { path, headers: { "x-empty": "" } },
  "a header that is not ASCII": { path, headers: { "x-name": "Zoë" } },
  "no header": { path, headers: {} },
};

const senders: readonly (() => HttpSender)[] = [() => createModuleSender(http), createSocketSender];

async function bytesOf(create: () => HttpSender, request: Partial<HttpRequest> & { readonly path: string }) {
  let [bytes, expected] = ["", Number.POSITIVE_INFINITY];
  const server = await rawServer((socket, piece) => {
    bytes += piece;
    const head = bytes.indexOf("\r\n\r\n") + 4;
    const length = Number(/content-length: (\d+)/.exec(bytes)?.[1] ?? 0);
    expected = head === 3 ? expected : head + length;
    if (bytes.length >= expected) socket.write(OK);
  });
  const sender = create();
  onTestFinished(() => sender.close());
  const { signal } = new AbortController();
  await sender.send({ method: "GET", headers: {}, signal, ...request, url: server.url + request.path });
  return bytes.replace(new URL(server.url).port, "PORT");
}

test.each(Object.keys(requests))("sockets and node:http send the same bytes for %s", async (name) => {
  const request = requests[name] ?? { path };
  const [byModule, bySocket] = await Promise.all(senders.map((create) => bytesOf(create, request)));
  expect(byModule).toMatch(/^[A-Z]+ \/v2\/\S+ HTTP\/1\.1\r\nhost: 127\.0\.0\.1:PORT\r\n/);
  expect(bySocket).toBe(byModule);
});

const invalid = [
  { what: "a line break in a header", headers: { "x-name": "a\r\nx-other: b" }, code: "ERR_INVALID_CHAR" },
  { what: "a control character in a header", headers: { "x-name": "a\u0000" }, code: "ERR_INVALID_CHAR" },
  { what: "a character above a byte in a header", headers: { "x-name": "ž" }, code: "ERR_INVALID_CHAR" },
  { what: "a space in the name of a header", headers: { "x name": "a" }, code: "ERR_INVALID_HTTP_TOKEN" },
  { what: "an empty name of a header", headers: { "": "a" }, code: "ERR_INVALID_HTTP_TOKEN" },
];

test.each(senders.flatMap((create) => invalid.map((each) => ({ ...each, name: create.name, create }))))(
  "$name rejects $what, and sends nothing",
  async ({ create, code, headers }) => {
    const server = await rawServer((socket) => socket.write(OK));
    const sender = create();
    onTestFinished(() => sender.close());
    const { signal } = new AbortController();
    const request = { method: "GET", url: server.url, headers, signal } as const;
    await expect(sender.send(request)).rejects.toMatchObject({ code });
    expect(server.received).toEqual([]);
  },
);
