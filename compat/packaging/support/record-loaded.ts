import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type NodeResult, runNode } from "./run-node.ts";

/** A module loader hook that records every loaded module. */
const RECORDER = `
import { appendFileSync } from "node:fs";
export async function load(url, context, next) {
  appendFileSync(process.env.LOADED, url + "\\n");
  return next(url, context);
}
`;

/** The output of a program, and the files that it has loaded. */
export interface LoadedFiles extends NodeResult {
  readonly files: readonly string[];
}

/** Runs Node as a user does, and records the files of all modules that are loaded. */
export async function recordLoaded(
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<LoadedFiles> {
  const folder = await mkdtemp(join(tmpdir(), "cloudtask-loaded-"));
  try {
    const [hook, record] = [join(folder, "recorder.mjs"), join(folder, "urls.txt")];
    await writeFile(hook, RECORDER);
    const register = `import { register } from "node:module"; register(${JSON.stringify(pathToFileURL(hook).href)});`;
    const preload = `data:text/javascript,${encodeURIComponent(register)}`;
    const result = await runNode(["--import", preload, ...args], { cwd, env: { ...env, LOADED: record } });
    const urls = (await readFile(record, "utf8")).split("\n").filter((url) => url.startsWith("file:"));
    return { ...result, files: urls.map((url) => fileURLToPath(url)) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
