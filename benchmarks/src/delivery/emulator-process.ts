/** Runs @cloudtask/emulator: `node emulator-process.js <module> <port> [dataDir]`. */
import { pathToFileURL } from "node:url";

const [path = "", port = "", dataDir] = process.argv.slice(2);
const module = (await import(pathToFileURL(path).href)) as typeof import("@cloudtask/emulator");
await module.createEmulator({ port: Number(port), ...(dataDir === undefined ? {} : { dataDir }) });
