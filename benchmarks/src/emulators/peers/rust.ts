import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory, runTool } from "../../harness/peer-cache.ts";
import type { FindEmulator } from "./peer.ts";

const version = "0.1.3";

/** A release build of the crate `cloud-tasks-emulator`: gRPC and REST on one port. Built by the first run, which takes minutes. */
export const findRust: FindEmulator = async (progress) => {
  const root = await cacheDirectory(`rust-${version}`);
  const file = join(root, "bin", "cloud-tasks-emulator");
  if (!existsSync(file)) {
    progress("building the crate cloud-tasks-emulator, which takes minutes");
    const args = ["install", "cloud-tasks-emulator", "--version", version, "--locked", "--root", root];
    if ((await runTool("cargo", args)) === undefined) return "cargo is not installed";
  }
  return {
    name: "Rust",
    version: `crate cloud-tasks-emulator ${version}`,
    rest: true,
    command: (port) => ({
      file,
      args: [],
      env: { LISTEN_ADDR: `127.0.0.1:${port}`, OIDC_ISSUER: `http://127.0.0.1:${port}`, QUEUES: "" },
    }),
  };
};
