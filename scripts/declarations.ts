import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const RELATIVE = /((?:from|import)\s*\(?\s*"\.[^"]*)\.ts"/g;
const SPECIFIER = /(?:from|import)\s*\(?\s*"(\.[^"]*)\.js"/g;
const DISPOSES = /\b(?:Async)?Disposable\b|\bSymbol\.(?:asyncDispose|dispose)\b/;

/**
 * Makes of the compiler's declarations what is published. The compiler leaves `.ts` in their specifiers, where older resolvers
 * need `.js`; what can be disposed names types that ES2022 does not have, so such a declaration asks for them itself; and
 * what no subpath leads to is deleted.
 *
 * @param folder - where they are
 * @param roots - the files, in that folder, that a manifest names
 */
export function finishDeclarations(folder: string, roots: readonly string[]): void {
  const all = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".d.ts"));
  for (const file of all) {
    const text = readFileSync(join(folder, file), "utf8").replace(RELATIVE, '$1.js"');
    writeFileSync(
      join(folder, file),
      DISPOSES.test(text) ? `/// <reference lib="esnext.disposable" />\n${text}` : text,
    );
  }
  const reached = reachedFrom(folder, roots);
  for (const file of all.filter((name) => !reached.has(name))) rmSync(join(folder, file));
}

function reachedFrom(folder: string, roots: readonly string[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [...roots];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const [, path = ""] of readFileSync(join(folder, file), "utf8").matchAll(SPECIFIER)) {
      waiting.push(normalize(join(dirname(file), `${path}.d.ts`)));
    }
  }
  return reached;
}
