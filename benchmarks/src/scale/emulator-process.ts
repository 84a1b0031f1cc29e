/** Runs @cloudtask/emulator with a data directory, and prints its port. */
import { createEmulator } from "@cloudtask/emulator";

const [dataDir = ""] = process.argv.slice(2);
const emulator = await createEmulator({ dataDir, port: 0 });
console.log(new URL(emulator.url).port);
