import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory, run } from "./cache.ts";
import type { FindEmulator } from "./peer.ts";

const version = "0.6.2";

/** The Python package `gcloud-tasks-emulator` in a virtual environment, gRPC only. */
export const findPython: FindEmulator = async () => {
  const root = await cacheDirectory(`python-${version}`);
  const bin = (name: string): string => join(root, "bin", name);
  if (!existsSync(bin("gcloud-tasks-emulator"))) {
    if ((await run("python3", ["-m", "venv", root])) === undefined) {
      return "python3 is not installed";
    }
    await run(bin("pip"), ["install", "--quiet", `gcloud-tasks-emulator==${version}`]);
  }
  return {
    name: "gcloud-tasks, Python",
    version: `gcloud-tasks-emulator ${version}`,
    rest: false,
    maxTasks: 2_000,
    command: (port) => ({ file: bin("gcloud-tasks-emulator"), args: ["start", "--quiet", "--port", String(port)] }),
  };
};
