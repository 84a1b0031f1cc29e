/** Runs @cloudtask/emulator: `node emulator-process.js <port> [dataDir]`. */
import { createEmulator } from "@cloudtask/emulator";

const [port = "", dataDir] = process.argv.slice(2);
await createEmulator({ port: Number(port), ...(dataDir === undefined ? {} : { dataDir }) });
