import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { publishedPackages } from "../../scripts/packages.ts";

/** An import path of a published package. */
export interface PublicEntry {
  /** Such as `cloudtask/node`. */
  readonly specifier: string;
  readonly exported: readonly PublicExport[];
}

/** A name that an entry exports. */
export interface PublicExport {
  readonly name: string;
  /** `class`, `function`, `interface`, `type` or `const`; `missing` if the declaration was not found. */
  readonly kind: string;
  /** The doc comment; empty if there is none. */
  readonly doc: string;
  /** The lines of the declaration. */
  readonly lines: number;
}

const COMMENT = String.raw`(/\*\*(?:(?!\*/)[\s\S])*\*/\s*)?`;
const KINDS = "(class|function|interface|type|const)";

/** Lists the import paths for users, from the declarations of the built packages. */
export function publicEntries(): readonly PublicEntry[] {
  return publishedPackages().flatMap(({ name, path, manifest }) =>
    Object.entries(manifest.exports ?? {}).flatMap(([subpath, target]) => {
      if (typeof target === "string" || subpath.startsWith("./internal")) return [];
      return { specifier: subpath.replace(".", name), exported: exportsOf(resolve(path, target.types)) };
    }),
  );
}

function exportsOf(entry: string): readonly PublicExport[] {
  const text = readFileSync(entry, "utf8");
  const listed = [...text.matchAll(/export\s+(?:type\s+)?\{([^}]*)\}\s*from\s*"(\.[^"]+)"/g)].flatMap(
    ([, names = "", from = ""]) => {
      const file = resolve(dirname(entry), from.replace(/\.js$/, ".d.ts"));
      return names.split(",").flatMap((each) => {
        const name = each.trim().replace(/^type\s+/, "");
        return name === "" ? [] : [{ name, file }];
      });
    },
  );
  const own = [...text.matchAll(new RegExp(`^export (?:declare )?${KINDS} (\\w+)`, "gm"))].map(([, , name = ""]) => ({
    name,
    file: entry,
  }));
  return [...listed, ...own].map(({ name, file }) => ({ name, ...declarationOf(name, readFileSync(file, "utf8")) }));
}

function declarationOf(name: string, text: string): Pick<PublicExport, "kind" | "doc" | "lines"> {
  const match = new RegExp(`${COMMENT}export (?:declare )?${KINDS} ${name}\\b`).exec(text);
  if (match === null) return { kind: "missing", doc: "", lines: 0 };
  const [all, doc = "", kind = ""] = match;
  const [body = ""] = text.slice(match.index + all.length).split(/\n(?=\/\*\*|export |declare |interface |type )/);
  return { kind, doc, lines: body.trimEnd().split("\n").length };
}
