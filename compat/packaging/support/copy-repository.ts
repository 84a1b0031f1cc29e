import { execFileSync } from "node:child_process";
import { cp, lstat, mkdir, mkdtemp, readdir, readlink, realpath, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../../..");

/**
 * Copies the files of this repository, without anything that was generated or built, to a temporary folder. The folder is
 * like a clean clone after `npm ci`: workspaces are linked to the copy, other packages to this repository's `node_modules`.
 *
 * @returns the path of the copy
 */
export async function copyRepository(): Promise<string> {
  const copy = await realpath(await mkdtemp(join(tmpdir(), "cloudtask-clone-")));
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: ROOT, encoding: "utf8" });
  const existing = execFileSync("git", ["ls-files", "-d", "-z"], { cwd: ROOT, encoding: "utf8" }).split("\0");
  const files = listed.split("\0").filter((file) => file !== "" && !existing.includes(file));
  for (const file of files) await cp(join(ROOT, file), join(copy, file));
  await linkModules(copy, "node_modules");
  await linkModules(copy, "node_modules/@cloudtask");
  return copy;
}

async function linkModules(copy: string, folder: string): Promise<void> {
  await mkdir(join(copy, folder));
  for (const name of await readdir(join(ROOT, folder))) {
    const path = join(folder, name);
    if (path === "node_modules/@cloudtask") continue;
    const workspace = (await lstat(join(ROOT, path))).isSymbolicLink();
    const target = workspace ? join(dirname(path), await readlink(join(ROOT, path))) : undefined;
    await symlink(target === undefined ? join(ROOT, path) : join(copy, target), join(copy, path));
  }
}
