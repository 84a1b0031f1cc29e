import { resolve } from "node:path";
import ts from "typescript-5.9";
import { expect, test } from "vitest";
import { type Packed, packages } from "../packaging/support/packed.ts";

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

const entriesOf = ({ folder, manifest }: Packed): string[] =>
  Object.entries(manifest.exports).flatMap(([subpath, target]) =>
    typeof target === "string" || subpath.includes("internal") ? [] : [resolve(folder, target.types)],
  );

// One program for all packages, because they import each other and the same declarations of others.
const { options } = ts.convertCompilerOptionsFromJson(
  { module: "nodenext", target: "esnext", lib: ["esnext", "dom", "dom.iterable"], types: ["node"], strict: true },
  import.meta.dirname,
);
const program = ts.createProgram(LIBRARIES.flatMap(entriesOf), options);
const checker = program.getTypeChecker();

test.each(LIBRARIES)("every type that a public type of $name mentions is exported", (library) => {
  const exported = new Set(
    entriesOf(library).flatMap((entry) => {
      const source = program.getSourceFile(entry);
      const module = source && checker.getSymbolAtLocation(source);
      return module ? checker.getExportsOfModule(module).map((each) => original(checker, each)) : [];
    }),
  );
  expect(exported.size).toBeGreaterThan(5);
  const isOurs = ({ declarations: [first] = [] }: ts.Symbol): boolean =>
    first !== undefined &&
    !ts.isTypeParameterDeclaration(first) &&
    first.getSourceFile().fileName.startsWith(`${library.folder}/`);
  const missing = [...exported].flatMap((symbol) =>
    mentionedTypes(checker, symbol)
      .filter((type) => isOurs(type) && !exported.has(type))
      .map((type) => `${type.name}, mentioned by ${symbol.name}`),
  );
  expect(missing).toEqual([]);
});
