import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory, runTool } from "../../harness/peer-cache.ts";
import type { FindEmulator } from "./peer.ts";

const MODULE = "github.com/aertje/cloud-tasks-emulator";
const version = "1.2.0";

/** aertje/cloud-tasks-emulator, gRPC only. Built by the first run, with the versions of its dependencies from its `go.mod`. */
export const findGo: FindEmulator = async (progress) => {
  const root = await cacheDirectory(`go-${version}`);
  const file = join(root, "cloud-tasks-emulator");
  if (!existsSync(file)) {
    progress(`building ${MODULE}`);
    // `go install` needs the list of all versions, which not every module proxy has.
    await writeFile(join(root, "go.mod"), `module peer\n\ngo 1.21\n\nrequire ${MODULE} v${version}\n`);
    const built = await runTool("go", ["build", "-mod=mod", "-o", file, MODULE], root);
    if (built === undefined) return "go is not installed";
  }
  return {
    name: "Go",
    version: `aertje/cloud-tasks-emulator ${version}`,
    rest: false,
    command: (port) => ({ file, args: ["-host", "127.0.0.1", "-port", String(port)] }),
  };
};
