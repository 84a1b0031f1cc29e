/** Runs @cloudtask/emulator with one paused queue, and prints its port. */
import { createEmulator } from "@cloudtask/emulator";
import { parent } from "../push/call.ts";

const emulator = await createEmulator({ port: 0, queues: { [parent]: { paused: true } } });
console.log(new URL(emulator.url).port);
