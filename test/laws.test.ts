import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { codeLines } from "./support/code-lines.ts";

const ADAPTERS = "packages/cloudtask/src/adapters";

/** Shared by all adapters on Node. */
const BRIDGE = "_node-bridge.ts";

interface Exported {
  readonly name: string;
  readonly file: string;
}

/** The exports that the declarations of an entry list, with the file that declares each. */
function exportsOf(entry: string): Exported[] {
  const text = readFileSync(entry, "utf8");
  return [...text.matchAll(/export\s+(?:type\s+)?\{([^}]*)\}\s*from\s*"(\.[^"]+)"/g)].flatMap(
    ([, names = "", from = ""]) =>
      names.split(",").flatMap((each) => {
        const name = each.trim().replace(/^type\s+/, "");
        return name ? [{ name, file: resolve(dirname(entry), from.replace(/\.js$/, ".d.ts")) }] : [];
      }),
  );
}

/** The doc comment and the kind of a declaration. */
function documentation({ name, file }: Exported): { readonly doc: string; readonly kind: string } {
  const text = readFileSync(file, "utf8");
  const declared = new RegExp(
    `(/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/\\s*)?export (?:declare )?(class|function|interface|type|const) ${name}\\b`,
  );
  const match = declared.exec(text);
  return { doc: match?.[1] ?? "", kind: match?.[2] ?? "missing" };
}

test.each([
  ["cloudtask", "packages/cloudtask/dist/types/index.d.ts"],
  ["cloudtask/admin", "packages/cloudtask/dist/types/admin/admin.d.ts"],
  ["cloudtask/testing", "packages/cloudtask/dist/types/testing/testing.d.ts"],
  ["@cloudtask/nestjs", "packages/nestjs/dist/types/index.d.ts"],
  ["@cloudtask/emulator", "packages/emulator/dist/types/index.d.ts"],
])("every public export of %s is documented, classes and functions with an example", (_, entry) => {
  const exported = exportsOf(entry);
  expect(exported.length).toBeGreaterThan(4);
  const lacking = exported.filter((each) => {
    const { doc, kind } = documentation(each);
    return doc.length < 20 || (["class", "function", "missing"].includes(kind) && !doc.includes("@example"));
  });
  expect(lacking.map(({ name }) => name)).toEqual([]);
});

test("an adapter stays under 60 lines of code, together with the helpers that only it uses", () => {
  const files = readdirSync(ADAPTERS).filter((file) => !file.endsWith(".test.ts"));
  const sizes = files
    .filter((file) => !file.startsWith("_"))
    .map((file) => {
      const name = file.replace(/\.ts$/, "");
      const own = files.filter((each) => each === file || (each.startsWith(`_${name}-`) && each !== BRIDGE));
      return [name, own.reduce((sum, each) => sum + codeLines(readFileSync(join(ADAPTERS, each), "utf8")), 0)] as const;
    });
  expect(sizes.filter(([, size]) => size > 60)).toEqual([]);
});

test("the library depends on jose only, and the lock file contains no download URLs", () => {
  const manifest = JSON.parse(readFileSync("packages/cloudtask/package.json", "utf8"));
  expect(Object.keys(manifest.dependencies ?? {}).filter((name) => name !== "jose")).toEqual([]);
  expect(readFileSync("package-lock.json", "utf8")).not.toMatch(/"resolved": "http/);
});

test("the README stays short", () => {
  expect(readFileSync("README.md", "utf8").split("\n").length).toBeLessThanOrEqual(150);
});
