import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { type DocExample, docExamples } from "./support/doc-examples.ts";
import { publicEntries } from "./support/public-exports.ts";

const BUILT = ".built";

/** The declarations of names that many examples leave out. */
const PRELUDE: Readonly<Record<string, string>> = {
  client: 'declare const client: import("cloudtask").CloudTaskClient;',
  worker: 'declare const worker: import("cloudtask").Worker;',
  admin: 'declare const admin: import("cloudtask/admin").Admin;',
  plan: 'declare const plan: import("cloudtask/admin").Plan;',
  emulator: 'declare const emulator: import("@cloudtask/emulator").Emulator;',
  chargeCard: 'declare const chargeCard: import("cloudtask").DeclaredTask<{ orderId: number }>;',
  createReport: 'declare const createReport: import("cloudtask").DeclaredTask<{ month: string }>;',
  Order: "interface Order { readonly id: number }",
  // Otherwise it is the DOM's.
  name: "declare const name: string;",
  z: 'import { z } from "zod";',
};

/** The properties that plugins and middleware add to requests. */
const PLUGINS = `
import type { AwilixContainer } from "awilix";
declare module "fastify" {
  interface FastifyRequest { diScope: AwilixContainer<{ orders: object }> }
}
declare global {
  namespace Express {
    interface Request { log: Console }
  }
}
`;

/** The errors that follow from names, modules and functions that an example leaves out. Every other error is a mistake in the example. */
const LEFT_OUT: ReadonlySet<string> = new Set(
  // Unknown names.
  ["TS2304", "TS2552", "TS2582", "TS2593", "TS2868", "TS18004"]
    // Unknown modules.
    .concat(["TS2307", "TS2664", "TS2834"])
    // Values without a type, because their source is unknown.
    .concat(["TS7006", "TS7031", "TS18046"])
    // A `return` without its function.
    .concat(["TS1108"]),
);

const specifiers = new Map(
  publicEntries()
    .toReversed()
    .flatMap(({ specifier, exported }) => exported.map(({ name }) => [name, specifier] as const)),
);

function declares(code: string, name: string): boolean {
  const forms = [
    `\\b(?:const|let|using|class|function|type|interface) ${name}\\b`,
    `\\b(?:const|let) [{[][^=]*\\b${name}\\b[^=]*[}\\]]`,
    `\\bimport [^;]*\\b${name}\\b`,
  ];
  return new RegExp(forms.join("|")).test(code);
}

/** In the examples of other entries, `tasks` is a list or something else. */
const TEST_CLIENT = { tasks: 'declare const tasks: import("cloudtask/testing").TestClient;' };

/** Adds the imports and declarations that an example leaves out. */
function moduleOf({ title, code }: DocExample): string {
  const uses = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(code) && !declares(code, name);
  const imports = [...specifiers].filter(([name]) => uses(name));
  const lines = imports.map(([name, specifier]) => `import { ${name} } from "${specifier}";\n`);
  const prelude = Object.entries({ ...PRELUDE, ...(title.startsWith("cloudtask/testing/") && TEST_CLIENT) }).flatMap(
    ([name, text]) => (uses(name) ? [`${text}\n`] : []),
  );
  return `${lines.join("")}${prelude.join("")}${code}\nexport {};\n`;
}

async function errorsOf(examples: readonly DocExample[]): Promise<readonly string[]> {
  await mkdir(BUILT, { recursive: true });
  const folder = await mkdtemp(join(resolve(BUILT), "examples-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const files = examples.map(({ title }) => `${title.replaceAll(/\W/g, "-")}.ts`);
  await Promise.all(files.map((file, index) => writeFile(join(folder, file), moduleOf(examples[index] as DocExample))));
  const config = {
    extends: resolve("tsconfig.json"),
    compilerOptions: {
      typeRoots: [resolve("node_modules/@types")],
      // Parameter properties are usual in NestJS.
      erasableSyntaxOnly: false,
      isolatedModules: false,
      verbatimModuleSyntax: false,
    },
    include: [],
    files: [...files, "plugins.ts"],
  };
  await writeFile(join(folder, "plugins.ts"), PLUGINS);
  await writeFile(join(folder, "cloudtask.json"), '{"queues":{"emails":{}}}');
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = promisify(execFile)(resolve("node_modules/.bin/tsc"), ["--noEmit", "--pretty", "false", "-p", folder]);
  const { stdout } = await tsc.catch((error: { stdout: string }) => error);
  return stdout.split("\n").filter((line) => {
    const [, code = ""] = /: error (TS\d+):/.exec(line) ?? [];
    return code !== "" && !LEFT_OUT.has(code);
  });
}

test("the examples in doc comments compile", async () => {
  const examples = docExamples();
  expect(examples.length).toBeGreaterThan(100);
  expect(await errorsOf(examples)).toEqual([]);
});
