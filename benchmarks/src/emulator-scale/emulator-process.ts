/** A whole emulator in a process of its own, for `main.ts`: prints its URL, and its memory for every line that it reads. */
import { createInterface } from "node:readline";
import { createEmulator } from "@cloudtask/emulator";

const [dataDir = ""] = process.argv.slice(2);
const emulator = await createEmulator({ dataDir });
console.log(emulator.url);
for await (const _ of createInterface({ input: process.stdin })) {
  for (let times = 0; times < 3; times += 1) globalThis.gc?.();
  console.log(process.memoryUsage().rss);
}
await emulator.close();
