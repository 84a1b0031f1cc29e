import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { cached, run } from "./cache.ts";
import type { FindEmulator } from "./peer.ts";

/**
 * aertje/cloud-tasks-emulator: gRPC alone. It is not built here: `AERTJE_EMULATOR` says where its program is, or it stands
 * in the cache. Its first version reads `oidc.key` and `oidc.cert` from where it is started, so they have to be beside it.
 */
export const findGo: FindEmulator = async () => {
  const file = process.env.AERTJE_EMULATOR ?? join(await cached("go"), "cloud-tasks-emulator");
  if (!existsSync(file)) return `no ${file}; set AERTJE_EMULATOR to the program`;
  const [, version = "?"] = /^\tmod\t\S+\t(\S+)/m.exec((await run("go", ["version", "-m", file])) ?? "") ?? [];
  return {
    name: "aertje, Go",
    version: `aertje/cloud-tasks-emulator ${version}`,
    rest: false,
    command: (port) => ({ file, args: ["-host", "127.0.0.1", "-port", String(port)], cwd: dirname(file) }),
  };
};
