import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** A folder that is deleted after the test. */
export interface Folder extends AsyncDisposable {
  readonly path: string;
  /** Writes a file and resolves with its path. */
  write(name: string, text: string | Uint8Array): Promise<string>;
}

/** Creates a folder for a test, by default in that of the system. */
export async function temporaryFolder(parent: string = tmpdir()): Promise<Folder> {
  const path = await mkdtemp(join(resolve(parent), "cloudtask-cli-"));
  return {
    path,
    write: async (name, text) => {
      await writeFile(join(path, name), text);
      return join(path, name);
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
