/** Runs a complete emulator for `measure-api.ts`. Prints its URL, then its memory for every line of input. */
import { createInterface } from "node:readline";
import { createEmulator } from "@cloudtask/emulator";

const [dataDir = ""] = process.argv.slice(2);
const emulator = await createEmulator({ dataDir });
console.log(emulator.url);
for await (const _ of createInterface({ input: process.stdin })) {
  for (let run = 0; run < 3; run += 1) globalThis.gc?.();
  console.log(process.memoryUsage().rss);
}
await emulator.close();
