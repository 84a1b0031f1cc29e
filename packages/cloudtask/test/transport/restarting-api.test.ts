import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { clientOf, created } from "../support/api-server.ts";

async function serveAt(port: number, onRequest: (server: Server) => unknown): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    incoming.resume();
    if (onRequest(server)) created(outgoing, { method: "POST", path: incoming.url ?? "", headers: {}, text: "" });
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

test("a push survives an emulator that restarts, even if the push was in progress for longer than the restart may take", async () => {
  const restart = (server: Server): void => {
    setTimeout(() => {
      server.closeAllConnections();
      server.close();
      setTimeout(() => serveAt(port, () => true), 600);
    }, 2_200);
  };
  const { port } = (await serveAt(0, restart)).address() as AddressInfo;
  const client = clientOf({ host: `127.0.0.1:${port}` }, { apiRetry: undefined });
  const task = client.task("t", () => undefined);
  expect(await task().push()).toMatchObject({ deduplicated: false });
});
