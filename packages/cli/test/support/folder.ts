import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that is gone after the test. */
export interface Folder extends AsyncDisposable {
  readonly path: string;
  /** @returns the path of the file that it wrote */
  write(name: string, text: string | Uint8Array): Promise<string>;
}

/** Makes a folder for a test. */
export async function temporaryFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), "cloudtask-cli-"));
  return {
    path,
    write: async (name, text) => {
      await writeFile(join(path, name), text);
      return join(path, name);
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
