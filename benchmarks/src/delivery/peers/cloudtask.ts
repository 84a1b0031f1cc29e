import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { EmulatorPeer, FindEmulator } from "./peer.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const built = here("../../../../packages/emulator/dist/index.js");

/** @cloudtask/emulator from the built output, with its state in memory. */
export const findInMemory: FindEmulator = () => find("cloudtask, memory", () => []);

/** @cloudtask/emulator from the built output, with its state on disk: it answers a create after the task is on disk. */
export const findOnDisk: FindEmulator = () => find("cloudtask, dataDir", (scratch) => [scratch]);

async function find(name: string, args: (scratch: string) => readonly string[]): Promise<EmulatorPeer | string> {
  const builtAt = await changedAt(built);
  if (builtAt === 0) return `${built} not found; run \`npm run build\``;
  const { version } = JSON.parse(await readFile(here("../../../../packages/emulator/package.json"), "utf8"));
  const stale = (await newest(here("../../../../packages/emulator/src"))) > builtAt;
  return {
    name,
    version: `@cloudtask/emulator ${version}${stale ? ", built before its sources last changed" : ""}`,
    rest: true,
    command: (port, scratch) => ({
      file: process.execPath,
      args: [here("../../../dist/delivery/emulator-process.js"), built, String(port), ...args(scratch)],
    }),
  };
}

async function newest(directory: string): Promise<number> {
  const names = await readdir(directory, { recursive: true });
  return Math.max(...(await Promise.all(names.map((name) => changedAt(join(directory, name))))));
}

async function changedAt(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
