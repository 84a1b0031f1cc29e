import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { blocksOf } from "./markdown.ts";

const DOCS = "docs";
const SERVICES = fileURLToPath(new URL("docs/services.ts", import.meta.url));

/** A page of docs/. */
export interface Page {
  /** Its path from docs/, such as `quick-start/node.md`. */
  readonly path: string;
  readonly text: string;
}

/** A module that a page shows. */
interface Module {
  readonly file: string;
  readonly code: string;
}

/** @returns every page under docs/ */
export async function allPages(): Promise<readonly Page[]> {
  const files = (await readdir(DOCS, { recursive: true })).filter((file) => file.endsWith(".md")).sort();
  return Promise.all(files.map(async (path) => ({ path, text: await readFile(join(DOCS, path), "utf8") })));
}

/**
 * The TypeScript of a page. A block that names its file is that file; one that begins with an import begins a module, and
 * those after it go on with it.
 */
function modulesOf({ path, text }: Page): readonly Module[] {
  const name = basename(path, ".md");
  const modules: Module[] = [];
  let goesOn = false;
  for (const { language, code, file } of blocksOf(text)) {
    if (language !== "ts") continue;
    const last = modules.at(-1);
    if (file !== undefined) modules.push({ file, code });
    else if (goesOn && last !== undefined && !code.startsWith("import ")) {
      modules.splice(-1, 1, { ...last, code: `${last.code}\n${code}` });
    } else modules.push({ file: `${name}-${modules.length + 1}.ts`, code });
    goesOn = file === undefined;
  }
  return modules;
}

/**
 * Writes the TypeScript of pages down, each page's in a folder of its own, with the services that they import.
 *
 * @param parent - the folder whose `node_modules` they import from
 * @param pages - which
 * @returns where, and what removes it
 */
export async function writePages(
  parent: string,
  pages: readonly Page[],
): Promise<{ readonly folder: string; readonly files: readonly string[]; readonly remove: () => Promise<void> }> {
  await mkdir(join(parent, ".built"), { recursive: true });
  const folder = await mkdtemp(join(resolve(parent), ".built", "docs-"));
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  const files: string[] = [];
  for (const page of pages) {
    const own = page.path.slice(0, -".md".length);
    for (const { file, code } of modulesOf(page)) {
      const path = join(own, file);
      await mkdir(join(folder, dirname(path)), { recursive: true });
      await writeFile(join(folder, path), code);
      files.push(path);
    }
    await mkdir(join(folder, own), { recursive: true });
    await copyFile(SERVICES, join(folder, own, "services.ts"));
  }
  return { folder, files, remove: () => rm(folder, { recursive: true, force: true }) };
}
