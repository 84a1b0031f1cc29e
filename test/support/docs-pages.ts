import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { blocksOf } from "./markdown.ts";

const DOCS = "docs";
const SERVICES = fileURLToPath(new URL("docs/services.ts", import.meta.url));

/** A page of docs/. */
export interface Page {
  /** The path relative to docs/, such as `quick-start/node.md`. */
  readonly path: string;
  readonly text: string;
}

/** A TypeScript module in a page. */
interface Module {
  readonly file: string;
  readonly code: string;
}

/** Reads all pages in docs/. */
export async function allPages(): Promise<readonly Page[]> {
  const files = (await readdir(DOCS, { recursive: true })).filter((file) => file.endsWith(".md")).sort();
  return Promise.all(files.map(async (path) => ({ path, text: await readFile(join(DOCS, path), "utf8") })));
}

/**
 * The TypeScript modules of a page. A block with a file name is that file. A block that begins with an import starts a new module,
 * and the blocks after it belong to the same module.
 */
function modulesOf({ path, text }: Page): readonly Module[] {
  const name = basename(path, ".md");
  const modules: Module[] = [];
  let continues = false;
  for (const { language, code, file } of blocksOf(text)) {
    if (language !== "ts") continue;
    const last = modules.at(-1);
    if (file !== undefined) modules.push({ file, code });
    else if (continues && last !== undefined && !code.startsWith("import ")) {
      modules.splice(-1, 1, { ...last, code: `${last.code}\n${code}` });
    } else modules.push({ file: `${name}-${modules.length + 1}.ts`, code });
    continues = file === undefined;
  }
  return modules;
}

/**
 * Writes the modules of pages to a new folder below `parent`, one folder per page, each beside the services it imports.
 *
 * @returns the folder, the files relative to it, and a function that deletes the folder
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
