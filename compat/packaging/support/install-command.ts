import { realpathSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { packages } from "./packed.ts";

/** A project in which the command is installed. */
export interface CommandProject extends AsyncDisposable {
  readonly folder: string;
  /** The folder of the installed package. */
  readonly cli: string;
}

/** Copies the packed command to a project outside this repository, beside only those packages that its manifest names. */
export async function installCommand(): Promise<CommandProject> {
  const folder = realpathSync(await mkdtemp(join(tmpdir(), "cloudtask-command-")));
  const cli = join(folder, "node_modules/@cloudtask/cli");
  const packed = packages.find(({ name }) => name === "@cloudtask/cli");
  await cp(packed?.folder ?? "", cli, { recursive: true });
  for (const name of Object.keys(packed?.manifest.dependencies ?? {})) {
    // compat/node_modules has other versions of packages that are not ours.
    const installed = packages.find((each) => each.name === name)?.folder ?? resolve("node_modules", name);
    await mkdir(dirname(join(folder, "node_modules", name)), { recursive: true });
    await symlink(realpathSync(installed), join(folder, "node_modules", name));
  }
  return { folder, cli, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}
