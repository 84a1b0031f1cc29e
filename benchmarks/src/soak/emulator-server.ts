/** Runs @cloudtask/emulator, prints its address, and for each line of input a `Sample` as JSON. */
import { createInterface } from "node:readline";
import { createEmulator } from "@cloudtask/emulator";
import { sample } from "./sample.ts";

const queues = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`queue-${index}`, {}]));
const emulator = await createEmulator({ port: 0, queues });
console.log(new URL(emulator.url).host);
for await (const _ of createInterface({ input: process.stdin })) console.log(JSON.stringify(sample()));
