import { node } from "@elysiajs/node";
import { Elysia } from "elysia";
import { closeOnSignal } from "../../src/adapters/node.ts";
import { CloudTaskClient, createWorker, depends } from "../../src/index.ts";

/** A worker in Elysia on Node, in a process of its own, closed by signals as docs/shutdown.md shows. It prints its events to stdout. */
const print = (line: string): unknown => process.stdout.write(`${line}\n`);

const getPool = depends(
  async function* () {
    yield "pool";
    print("pool closed");
  },
  { scope: "app" },
);
const client = new CloudTaskClient({ url: "http://worker.test/", secret: "s3cret-key" });
client.task("slow", {
  deps: { pool: getPool },
  run: async () => {
    print("delivery started");
    await new Promise((resolve) => setTimeout(resolve, 300));
    print("delivery ended");
  },
});

const worker = createWorker(client);
const app = new Elysia({ adapter: node() });
app.post("/", ({ request }) => worker.fetch(request), { parse: "none" });
app.onStop(() => void print("onStop"));
const options = { port: 0, hostname: "127.0.0.1", gracefulShutdown: false };
app.listen(options, (server) => {
  app.server = server;
});
closeOnSignal(worker, { client: [{ close: () => app.stop() }, client], exit: true });

interface NodeServer {
  readonly raw: { ready(): Promise<{ readonly url: string }> };
}
const { raw } = app.server as unknown as NodeServer;
raw.ready().then(({ url }) => print(`port ${new URL(url).port}`));
