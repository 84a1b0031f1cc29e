/** Runs both services and an emulator in one process. The emulator's clock is advanced, so `npm start` shows a day in a second. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmulator } from "@cloudtask/emulator";
import { queues } from "./queues.ts";

const [webPort, workerPort] = [Number(process.env.PORT ?? 8080), Number(process.env.WORKER_PORT ?? 8081)];
const emulator = await createEmulator({ queues });
process.env.CLOUD_TASKS_EMULATOR_HOST = emulator.host;
process.env.WORKER_URL = `http://localhost:${workerPort}/tasks/run`;
const folder = mkdtempSync(join(tmpdir(), "shop-"));
process.env.SHOP_DATABASE = join(folder, "shop.db");

// Imported after the environment is set, because the client reads it on creation.
const [{ startWeb }, { startWorker }, { client }] = await Promise.all([
  import("./web.ts"),
  import("./worker.ts"),
  import("./contract.ts"),
]);
const servers = [startWeb(webPort), startWorker(workerPort)];

async function call(path: string, body: object = {}): Promise<Record<string, unknown>> {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  return (await fetch(`http://localhost:${webPort}${path}`, init)).json() as Promise<Record<string, unknown>>;
}

const { orderId } = await call("/orders", { email: "ada@example.com", card: "4242" });
console.log(`order ${orderId}: placed`);
console.log(`order ${orderId}: charged again, deduplicated: ${(await call(`/orders/${orderId}/charge`)).deduplicated}`);
console.log(`order ${(await call("/orders", { email: "eve@example.com", card: "stolen" })).orderId}: placed`);

console.log("\na minute later");
await emulator.advance("1m");
console.log("\na day later");
await emulator.advance("1d");

const attempts = emulator
  .attempts()
  .toReversed()
  .map(({ response }) => response?.status);
console.log(`\n${attempts.length} attempts: ${attempts.join(", ")}`);
for (const server of servers) server.close();
await client.close();
await emulator.close();
rmSync(folder, { recursive: true });
