/** Runs @cloudtask/emulator, prints its address, and for each line of input a `Sample` as JSON. */
import { createInterface } from "node:readline";
import { createEmulator } from "@cloudtask/emulator";
import { sample } from "./sample.ts";

const queues = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`queue-${index}`, {}]));
// A name is taken for an hour, which takes about 200 bytes. A run is shorter, so it would only ever add names.
const emulator = await createEmulator({ port: 0, queues, taskCooldown: "10s" });
console.log(new URL(emulator.url).host);
for await (const _ of createInterface({ input: process.stdin })) console.log(JSON.stringify(sample()));
