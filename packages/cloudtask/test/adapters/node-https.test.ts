import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { cloudTaskListener } from "../../src/adapters/node.ts";
import { CloudTaskClient } from "../../src/index.ts";

/** Both sides share a key, so no certificate is needed. */
const KEY = Buffer.from("00112233445566778899aabbccddeeff", "hex");
const CIPHERS = { ciphers: "PSK-AES128-GCM-SHA256", maxVersion: "TLSv1.2" } as const;
const CALLER = {
  ...CIPHERS,
  pskCallback: () => ({ psk: KEY, identity: "cloud-tasks" }),
  checkServerIdentity: () => undefined,
};

test("node:https: the URL of a delivery has the scheme https", async () => {
  const client = new CloudTaskClient({ url: "https://worker.test/tasks/run" });
  client.task("where", (_: undefined, { delivery }) => delivery.request.url);
  const listener = cloudTaskListener(client, { allowUnauthenticated: true });
  const server = createServer({ ...CIPHERS, pskCallback: () => KEY }, listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close().closeAllConnections());
  const outgoing = request({
    ...CALLER,
    port: (server.address() as AddressInfo).port,
    host: "127.0.0.1",
    path: "/tasks/run",
    method: "POST",
    headers: { Host: "worker.test", "Content-Type": "application/json" },
  });
  outgoing.end('{"task":"where"}');
  const [incoming]: IncomingMessage[] = (await once(outgoing, "response")) as IncomingMessage[];
  const text = (await incoming?.setEncoding("utf8").toArray())?.join("") ?? "";
  expect(JSON.parse(text)).toEqual({ status: "success", result: "https://worker.test/tasks/run" });
});
