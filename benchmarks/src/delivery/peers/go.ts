import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheDirectory, run } from "./cache.ts";
import type { FindEmulator } from "./peer.ts";

/**
 * aertje/cloud-tasks-emulator, gRPC only. It is not built here: set `AERTJE_EMULATOR` to the path of its program, or put it in
 * the cache. Its first version reads `oidc.key` and `oidc.cert` from its working directory, so put them beside the program.
 */
export const findGo: FindEmulator = async () => {
  const file = process.env.AERTJE_EMULATOR ?? join(await cacheDirectory("go"), "cloud-tasks-emulator");
  if (!existsSync(file)) return `${file} not found; set AERTJE_EMULATOR to the path of the program`;
  const [, version = "?"] = /^\tmod\t\S+\t(\S+)/m.exec((await run("go", ["version", "-m", file])) ?? "") ?? [];
  return {
    name: "aertje, Go",
    version: `aertje/cloud-tasks-emulator ${version}`,
    rest: false,
    command: (port) => ({ file, args: ["-host", "127.0.0.1", "-port", String(port)], cwd: dirname(file) }),
  };
};
