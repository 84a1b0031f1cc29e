import { once } from "node:events";
import { createServer } from "node:http";
import { CloudTaskClient } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";
import * as z from "zod";

/** Pushes a task, receives its delivery with a verified token, and prints the result. */
async function main() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = new CloudTaskClient({
    project: "local-project",
    location: "us-central1",
    url: `http://127.0.0.1:${server.address().port}/tasks/run`,
    serviceAccount: "tasks@local-project.iam.gserviceaccount.com",
    secret: "s3cret-key",
  });
  const ran = new Promise((resolve) => {
    const processOrder = client.task("process-order", {
      input: z.object({ orderId: z.number(), due: z.coerce.date() }),
      run: async ({ orderId, due }, { delivery }) =>
        resolve(`order ${orderId} due ${due.getUTCFullYear()}, attempt ${delivery.attempt}`),
    });
    server.on("request", cloudTaskListener(client));
    processOrder({ orderId: 500, due: "2026-01-01" }).push();
  });
  process.stdout.write(`${await ran}\n`);
  server.closeAllConnections();
  server.close();
  await client.close();
}

main();
