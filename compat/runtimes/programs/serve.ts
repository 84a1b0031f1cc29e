/** Runs a service on the named server until SIGTERM. After that, nothing must keep the process running. */
import { createServer, type IncomingMessage } from "node:http";
import { closeOnSignal, cloudTaskListener } from "cloudtask/node";
import { type Listening, serveBun, serveDeno } from "./servers.ts";
import { makeService, type Service } from "./service.ts";

async function argsIn(incoming: IncomingMessage): Promise<readonly unknown[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

function serveNode({ client, workers, command }: Service, port: number): void {
  const listeners = Object.entries(workers).map(([path, worker]) => [path, cloudTaskListener(worker)] as const);
  const byPath = new Map(listeners);
  const server = createServer(async (incoming, outgoing) => {
    const { url = "/" } = incoming;
    const deliver = byPath.get(url);
    if (deliver !== undefined) return deliver(incoming, outgoing);
    outgoing.end(JSON.stringify(await command(url, await argsIn(incoming))));
  });
  closeOnSignal(Object.values(workers), { server, client });
  server.listen(port, "127.0.0.1", () => process.stdout.write("ready\n"));
}

function serveWeb({ client, workers }: Service, { close }: Listening): void {
  process.once("SIGTERM", async () => {
    for (const worker of Object.values(workers)) await worker.close();
    await close();
    await client.close();
  });
  process.stdout.write("ready\n");
}

const [, , server, port = "", emulatorHost] = process.argv;
const service = makeService({ origin: `http://127.0.0.1:${port}`, emulatorHost });
if (server === "Bun.serve") serveWeb(service, serveBun(service.fetch, Number(port)));
else if (server === "Deno.serve") serveWeb(service, serveDeno(service.fetch, Number(port)));
else serveNode(service, Number(port));
