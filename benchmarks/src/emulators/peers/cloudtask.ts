import { packageVersion } from "../../harness/package-version.ts";
import type { FindEmulator } from "./peer.ts";

/** @cloudtask/emulator with its state in memory. */
export const findInMemory: FindEmulator = async (_, built) => ({
  name: "cloudtask",
  version: `@cloudtask/emulator ${packageVersion("@cloudtask/emulator")}`,
  rest: true,
  command: (port) => ({ file: process.execPath, args: [built("emulator-process"), String(port)] }),
});

/** @cloudtask/emulator with its state on disk: it answers a create after the task is on disk. */
export const findOnDisk: FindEmulator = async (_, built) => ({
  name: "cloudtask, dataDir",
  version: `@cloudtask/emulator ${packageVersion("@cloudtask/emulator")}`,
  rest: true,
  command: (port, scratch) => ({ file: process.execPath, args: [built("emulator-process"), String(port), scratch] }),
});
