import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory, run } from "./cache.ts";
import type { FindEmulator } from "./peer.ts";

const version = "0.1.3";

/** A release build of the crate `cloud-tasks-emulator`: gRPC and REST on one port. */
export const findRust: FindEmulator = async () => {
  const root = await cacheDirectory(`rust-${version}`);
  const file = join(root, "bin", "cloud-tasks-emulator");
  if (!existsSync(file)) {
    const args = ["install", "cloud-tasks-emulator", "--version", version, "--locked", "--root", root];
    if ((await run("cargo", args)) === undefined) return "cargo is not installed";
  }
  return {
    name: "crate, Rust",
    version: `cloud-tasks-emulator ${version}`,
    rest: true,
    command: (port) => ({
      file,
      args: [],
      env: { LISTEN_ADDR: `127.0.0.1:${port}`, OIDC_ISSUER: `http://127.0.0.1:${port}`, QUEUES: "" },
    }),
  };
};
