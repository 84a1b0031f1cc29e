import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const RELATIVE = /((?:from|import)\s*\(?\s*"\.[^"]*)\.ts"/g;
const SPECIFIER = /(?:from|import)\s*\(?\s*"(\.[^"]*)\.js"/g;
const USES_DISPOSABLE = /\b(?:Async)?Disposable\b|\bSymbol\.(?:asyncDispose|dispose)\b/;

/**
 * Prepares the compiler's declarations for publishing. Import specifiers end in `.js` instead of `.ts`, because older resolvers
 * require it. Declarations with disposable types reference the library that defines them, because ES2022 does not. Files that no
 * subpath imports are deleted.
 *
 * @param folder - the folder of the declarations
 * @param roots - the declaration files in the manifest, relative to the folder
 */
export function finishDeclarations(folder: string, roots: readonly string[]): void {
  const all = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".d.ts"));
  for (const file of all) {
    const text = readFileSync(join(folder, file), "utf8").replace(RELATIVE, '$1.js"');
    writeFileSync(
      join(folder, file),
      USES_DISPOSABLE.test(text) ? `/// <reference lib="esnext.disposable" />\n${text}` : text,
    );
  }
  const reached = reachedFrom(folder, roots);
  for (const file of all.filter((name) => !reached.has(name))) rmSync(join(folder, file));
}

function reachedFrom(folder: string, roots: readonly string[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const queue = [...roots];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const [, path = ""] of readFileSync(join(folder, file), "utf8").matchAll(SPECIFIER)) {
      queue.push(normalize(join(dirname(file), `${path}.d.ts`)));
    }
  }
  return reached;
}
