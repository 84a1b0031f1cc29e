/**
 * Builds the package in the current folder: one entry per subpath, with shared code in common chunks, so a cold start
 * reads few files. The TypeScript compiler writes the declarations.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type ChunkingContext, type Plugin, rolldown } from "rolldown";
import { finishDeclarations } from "./declarations.ts";
import { descriptorLiterals } from "./descriptor-literals.ts";
import { linkSenders } from "./link-senders.ts";
import { type Manifest, publishedPackages, readManifest } from "./packages.ts";
import { thirdPartyLicenses } from "./third-party-licenses.ts";

/** The files behind `#http`, one per kind of runtime. */
const SENDERS = ["http-node", "http-fetch"];

function hasSenders({ imports = {} }: Manifest): boolean {
  return "#client" in imports;
}

/** Maps the name of each built file in the manifest to its source file. */
function entriesOf(manifest: Manifest): Record<string, string> {
  const entries: Record<string, string> = {};
  for (const target of Object.values(manifest.exports)) {
    if (typeof target === "string") continue;
    const source = target.types.replace("./dist/types/", "src/").replace(".d.ts", ".ts");
    entries[basename(source, ".ts")] = source;
  }
  // bin/cloudtask.js is committed and imports this file.
  if (manifest.bin) entries.cli = "src/cli.ts";
  if (hasSenders(manifest)) {
    for (const name of SENDERS) entries[name] = `src/transport/${name}.ts`;
  }
  return entries;
}

/** The declarations that the manifest names, as paths in the folder of declarations. */
function declarationsOf({ exports }: Manifest): string[] {
  const named = Object.values(exports).flatMap((target) => (typeof target === "string" ? [] : [target.types]));
  return named.map((file) => file.replace("./dist/types/", ""));
}

/**
 * Bare imports stay imports, except those of a package that has many files and of which we use little: without the bundling
 * the emulator takes a third longer to load, and the command line would install 14 MB more for `cloudtask mcp`.
 */
const BUNDLED = /^(?:@bufbuild\/protobuf|commander|@modelcontextprotocol\/(?:server|core)|zod)(?:\/|$)/;

const PROTOBUF = dirname(fileURLToPath(import.meta.resolve("@bufbuild/protobuf")));

/** The server of MCP and the parser of its messages: one chunk, apart from our code that uses it. */
const MCP_SDK = /\/node_modules\/(?:@modelcontextprotocol|zod)\//;

const MCP_SHIMS = "@modelcontextprotocol/server/_shims";

/** The server of MCP imports ajv, to validate answers to forms. We send no forms, and ajv is larger than everything else we use of it. */
const withoutAjv: Plugin = {
  name: "without-ajv",
  resolveId: (id) => (id === MCP_SHIMS ? id : null),
  load: (id) =>
    id === MCP_SHIMS
      ? 'export { default as process } from "node:process"; export class DefaultJsonSchemaValidator {}'
      : null,
};

/** Code that commands share and load when they run. It imports the admin API, which the start must not load. */
const OPERATION = /\/cli\/src\/(place|output|(queues|tasks|dead|attempts)\/(?!.*-(command|flags)\.ts))/;

/** Code that reads files, with the YAML library. Only a few commands load it. */
const CONFIG = /\/cli\/src\/config\//;

function isCommon(id: string): boolean {
  return !/\/src\/(adapters|testing)\//.test(id) && !OPERATION.test(id) && !CONFIG.test(id);
}

/** Everything that the main entry imports, without its late imports. In the library, it is what a push needs. */
const MAIN = ["src/index.ts"];

/** The code of the library that runs a task, for workers, `execute()` and eager modes. It is imported late. */
const RUN = [
  "src/core/attempt-headers.ts",
  "src/execution/execute.ts",
  "src/execution/no-handler-message.ts",
  "src/execution/redacted-request.ts",
  "src/worker/outcome-response.ts",
];

/** The code of the library that receives a delivery. It is imported late, by workers. */
const WORKER = ["src/worker/delivery-server.ts"];

/** Code of the library that pushes rarely need, in one chunk per reason to import it. */
const RARE = {
  // The texts of errors and of the log. They are imported by a request that fails and by everything that runs tasks.
  failures: ["src/transport/failures.ts", "src/execution/registry-log.ts"],
  // Named tasks, and deletions.
  naming: ["src/client/push/naming.ts", "src/client/delete-task.ts"],
  // The code that asks Google for a token, a project or a location. Clients that set these options never import it.
  google: ["src/auth/google-defaults.ts", "src/client/find-place.ts"],
} as const;

/** The code of the library that keeps a discarded task. It is imported late, by the client. */
const KEEP = ["src/client/dead-letter/keep-dead-letter.ts"];

const ADMIN = ["src/admin/admin.ts"];

/** Returns the modules that are loaded together with others: all imports except late ones. */
function closureOf(roots: readonly string[], context: ChunkingContext): ReadonlySet<string> {
  const found = new Set(roots.filter((root) => existsSync(root)).map((root) => resolve(root)));
  for (const id of found) {
    for (const imported of context.getModuleInfo(id)?.importedIds ?? []) found.add(imported);
  }
  return found;
}

/** Names the chunks of the library. Its entries only export from them. */
function libraryChunks(): (id: string, context: ChunkingContext) => string | null {
  let loadedWith: ((roots: readonly string[]) => ReadonlySet<string>) | undefined;
  return (id, context) => {
    loadedWith ??= memoized((roots) => closureOf(roots, context));
    const isIn = (...sets: readonly (readonly string[])[]): boolean =>
      sets.some((roots) => loadedWith?.(roots).has(id));
    if (isIn(MAIN)) return id === resolve("src/index.ts") ? null : "client";
    const rare = Object.entries(RARE).find(([, roots]) => isIn(roots));
    if (rare !== undefined) return rare[0];
    // The admin client reads bodies and headers of tasks, but it runs none.
    if (isIn(RUN, WORKER, KEEP) && isIn(ADMIN)) return "received";
    if (isIn(RUN)) return "run";
    return isIn(WORKER) ? "worker" : null;
  };
}

function memoized<Key, Value>(create: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const value = known.get(key) ?? create(key);
    known.set(key, value);
    return value;
  };
}

/** Puts everything that the main entry shares with others into one chunk, so that late imports stay out of it. */
function sharedChunk(): (id: string, context: ChunkingContext) => string | null {
  let main: ReadonlySet<string> | undefined;
  return (id, context) => {
    if (!existsSync(resolve("src/index.ts"))) return "shared";
    main ??= closureOf(MAIN, context);
    return main.has(id) ? "shared" : null;
  };
}

/** Bundles the entries into dist/ and returns the paths of all modules in the bundle. */
async function bundle(input: Record<string, string>, { version, bin }: Manifest): Promise<readonly string[]> {
  const built = await rolldown({
    input,
    external: (id) => builtinModules.includes(id) || (/^[^./]/.test(id) && !BUNDLED.test(id)),
    plugins: [withoutAjv, descriptorLiterals(PROTOBUF)],
    // commander requires modules of Node.
    ...(bin && { platform: "node" as const }),
    tsconfig: false,
    transform: { define: { CLOUDTASK_VERSION: JSON.stringify(version) } },
  });
  const { output } = await built.write({
    dir: "dist",
    format: "esm",
    chunkFileNames: ({ name }) => `_${name.replace(/^_/, "")}.js`,
    sourcemap: true,
    // A cold start reads every byte. The comments are in the declarations and in the source maps. Names and lines stay, so
    // stack traces are readable without source maps.
    comments: { annotation: true, jsdoc: false, legal: false },
    // Code that two entries share goes into one file, not into one file per pair of entries. The core has the highest
    // priority, because a group includes the imports of its modules. Code of adapters and tests stays out of it.
    codeSplitting: {
      groups: [
        { name: "mcp-sdk", test: MCP_SDK, priority: 4 },
        WORKER.every((file) => existsSync(file))
          ? { name: libraryChunks(), debugName: "library", test: isCommon, priority: 3 }
          : { name: sharedChunk(), debugName: "shared", test: isCommon, minShareCount: 2, priority: 3 },
        // The library imports these files late, and its admin client imports them immediately.
        { name: "batch", test: /\/transport\/batch\/|\/batch-support/, minShareCount: 2, priority: 2 },
        { name: "operation", test: OPERATION, minShareCount: 2, priority: 1 },
        // Only this file imports from Node. Code for other runtimes must not load it.
        { name: "node-bridge", test: /_node-bridge/, priority: 1 },
        { name: "testing", test: /\/src\/testing\//, minShareCount: 2 },
      ],
    },
  });
  await built.close();
  const chunks = output.filter((file) => file.type === "chunk");
  const isForeign = (id: string): boolean => id.includes("/node_modules/") || id === MCP_SHIMS;
  for (const { fileName, moduleIds } of chunks) {
    // An entry that only exports from a chunk has no modules and no map.
    if (moduleIds.length > 0 && moduleIds.every(isForeign)) removeSourceMap(`dist/${fileName}`);
  }
  return chunks.flatMap(({ moduleIds }) => moduleIds);
}

/** Nobody debugs code of other packages, and its map is twice as large as the code. */
function removeSourceMap(file: string): void {
  rmSync(`${file}.map`);
  writeFileSync(file, readFileSync(file, "utf8").replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"));
}

/** Builds the packages of ours that this one imports, if a clean clone has no declarations of them yet. */
function buildMissing({ dependencies, peerDependencies }: Manifest): void {
  const names = Object.keys({ ...dependencies, ...peerDependencies });
  const needed = publishedPackages().filter(
    ({ name, path }) => names.includes(name) && !existsSync(`${path}/dist/types`),
  );
  for (const { path } of needed) execFileSync("npm", ["run", "--silent", "build"], { cwd: path, stdio: "inherit" });
}

const manifest = readManifest(".");
rmSync("dist", { recursive: true, force: true });
// `internal` is a few pure functions. With its own copies, a program that imports it loads 4 kB and not the library.
const { internal, ...entries } = entriesOf(manifest);
const modules = [...(await bundle(entries, manifest)), ...(internal ? await bundle({ internal }, manifest) : [])];
if (hasSenders(manifest)) await linkSenders("dist");
const licenses = thirdPartyLicenses(modules, process.cwd());
if (licenses !== undefined) writeFileSync("THIRD_PARTY_LICENSES", licenses);
// The command line has no declarations.
if (existsSync("tsconfig.build.json")) {
  buildMissing(manifest);
  execFileSync("tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit" });
  finishDeclarations("dist/types", declarationsOf(manifest));
}
