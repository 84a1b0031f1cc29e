import { createServer } from "node:http";
import { CloudTaskClient } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";

/** The worker of a service, in a process of its own. Its invoices fail unless `MENDED` is set. On SIGTERM, it prints what it has done. */
const { PORT, MENDED } = process.env;
const done: Record<string, number[]> = { mail: [], invoice: [] };
const client = new CloudTaskClient({
  project: "local-project",
  location: "us-central1",
  url: `http://127.0.0.1:${PORT}/`,
  deadLetter: "invoices-dead",
  logger: { error: () => {}, warn: () => {} },
});
client.task("send-mail", async ({ n }: { n: number }) => void done.mail?.push(n));
client.task("send-invoice", {
  retry: { maxAttempts: 2, minBackoff: "10s" },
  run: async ({ n }: { n: number }) => {
    if (!MENDED) throw new Error(`no template for invoice ${n}`);
    done.invoice?.push(n);
  },
});
const server = createServer(cloudTaskListener(client, { allowUnauthenticated: true }));
server.listen(Number(PORT), "127.0.0.1", () => console.log("ready"));
process.on("SIGTERM", () => {
  console.log(JSON.stringify(done));
  process.exit();
});
