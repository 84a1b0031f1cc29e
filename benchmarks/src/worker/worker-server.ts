/**
 * Serves deliveries: `node worker-server.js <framework> <variant> <emulator>`. Prints its port, and its CPU time in microseconds for
 * each line of input.
 */
import { createInterface } from "node:readline";
import { servers } from "./servers.ts";
import { createClient, variants } from "./tasks.ts";

const [framework = "", name = "", emulatorHost = ""] = process.argv.slice(2);
const variant = variants.find((each) => each === name);
const start = servers[framework];
if (start === undefined) throw new Error(`unknown framework ${framework}`);
console.log(await start(variant && createClient(variant, emulatorHost)));
for await (const _ of createInterface({ input: process.stdin })) {
  const { user, system } = process.cpuUsage();
  console.log(user + system);
}
process.exit();
