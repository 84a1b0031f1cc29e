/**
 * Runs @cloudtask/emulator, and prints its address. For each line of input it prints the tokens of that many deliveries, as the
 * worker would receive them.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { createEmulator } from "@cloudtask/emulator";
import { CloudTaskClient } from "cloudtask";
import { ACCOUNT, URL_OF_WORKER } from "./tasks.ts";

const tokens: string[] = [];
const target = createServer((incoming, outgoing) => {
  tokens.push(String(incoming.headers.authorization));
  incoming.resume().on("end", () => outgoing.end());
});
await new Promise<void>((resolve) => void target.listen(0, "127.0.0.1", resolve));
const emulator = await createEmulator({ port: 0 });
const emulatorHost = new URL(emulator.url).host;
const url = `http://127.0.0.1:${(target.address() as AddressInfo).port}/`;
const client = new CloudTaskClient({
  url,
  serviceAccount: ACCOUNT,
  audience: URL_OF_WORKER,
  emulatorHost,
});
const task = client.task("process-order", async () => undefined);
console.log(emulatorHost);
for await (const line of createInterface({ input: process.stdin })) {
  for (let count = 0; count < Number(line); count += 1) await task().push();
  while (tokens.length < Number(line)) await new Promise((resolve) => setTimeout(resolve, 5));
  console.log(JSON.stringify(tokens.splice(0)));
}
