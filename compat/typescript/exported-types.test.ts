import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import ts from "typescript-5.9";
import { expect, test } from "vitest";
import { packages } from "../packaging/support/packed.ts";
import { compilers } from "./support/compilers.ts";

const LIBRARIES = packages.filter(({ name }) => name !== "@cloudtask/cli");

/** A symbol behind its re-exports. */
function original(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The types in the declarations of a symbol, without those of private members. */
function mentionedTypes(checker: ts.TypeChecker, symbol: ts.Symbol): readonly ts.Symbol[] {
  const found: ts.Symbol[] = [];
  const walk = (node: ts.Node): void => {
    if (ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)) {
      return;
    }
    const name = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isExpressionWithTypeArguments(node)
        ? node.expression
        : undefined;
    const type = name && checker.getSymbolAtLocation(name);
    if (type !== undefined) found.push(original(checker, type));
    ts.forEachChild(node, walk);
  };
  for (const declaration of symbol.declarations ?? []) walk(declaration);
  return found;
}

test.each(LIBRARIES)("every type that a public type of $name mentions is exported", ({ folder, manifest }) => {
  const entries = Object.entries(manifest.exports).flatMap(([subpath, target]) =>
    typeof target === "string" || subpath.includes("internal") ? [] : [resolve(folder, target.types)],
  );
  const { options } = ts.convertCompilerOptionsFromJson(
    { module: "nodenext", target: "esnext", lib: ["esnext", "dom", "dom.iterable"], types: ["node"], strict: true },
    folder,
  );
  const program = ts.createProgram(entries, options);
  const checker = program.getTypeChecker();
  const exported = new Set(
    entries.flatMap((entry) => {
      const source = program.getSourceFile(entry);
      const module = source && checker.getSymbolAtLocation(source);
      return module ? checker.getExportsOfModule(module).map((each) => original(checker, each)) : [];
    }),
  );
  expect(exported.size).toBeGreaterThan(5);
  const isOurs = ({ declarations: [first] = [] }: ts.Symbol): boolean =>
    first !== undefined && !ts.isTypeParameterDeclaration(first) && first.getSourceFile().fileName.startsWith(folder);
  const missing = [...exported].flatMap((symbol) =>
    mentionedTypes(checker, symbol)
      .filter((type) => isOurs(type) && !exported.has(type))
      .map((type) => `${type.name}, mentioned by ${symbol.name}`),
  );
  expect(missing).toEqual([]);
});

test.each(compilers)(
  "TypeScript $version: values made by the library can be exported from a library",
  async (compiler) => {
    const settings = { module: "nodenext", moduleResolution: "nodenext", declaration: true };
    expect(await compiler.errors(["programs/re-exports.ts"], settings)).toEqual([]);
  },
);

test.each(compilers)("TypeScript $version: payloads that JSON cannot represent are errors", async (compiler) => {
  const settings = { module: "nodenext", moduleResolution: "nodenext" };
  expect(await compiler.errors(["programs/payloads.ts"], settings)).toEqual([]);
});

test.each(compilers)(
  "TypeScript $version: the error of such a payload names the property and what to do",
  async (compiler) => {
    const source = readFileSync(new URL("programs/payloads.ts", import.meta.url), "utf8");
    expect(source).toContain("payload.born is a Date");
    const settings = { module: "nodenext", moduleResolution: "nodenext" };
    const [error = ""] = await compiler.errors(["programs/unsendable.ts"], settings);
    expect(error).toContain(`not assignable to parameter of type 'UnsendablePayload<"payload.born is a Date">'`);
  },
);
