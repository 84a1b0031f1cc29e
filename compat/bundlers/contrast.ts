/**
 * Compares bundles of the library and of Google's client: `npx tsx compat/bundlers/contrast.ts`, after `npm run compat`. Prints the
 * warnings, the size of the output, and whether it runs without node_modules, for each bundler and format. Both clients use the
 * emulator over REST.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { createEmulator } from "@cloudtask/emulator";
import { runNode } from "../packaging/support/run-node.ts";
import { type Bundle, bundlers, type Format } from "./support/bundlers.ts";

const PROGRAMS = {
  "cloudtask, zod": "programs/ours.mjs",
  "@google-cloud/tasks": "programs/google.mjs",
} as const;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The total size of all files, plain and gzipped one by one. */
function sizeOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => join(folder, file))
    .filter((file) => statSync(file).isFile() && !file.endsWith(".txt"));
  const bytes = files.map((file) => readFileSync(file));
  const sum = (sizes: readonly number[]): string => (sizes.reduce((total, size) => total + size, 0) / 1000).toFixed(0);
  return `${sum(bytes.map(({ length }) => length))} kB, ${sum(bytes.map((content) => gzipSync(content).length))} gzipped`;
}

function firstLine(text: string): string {
  return (/^\S*Error.*$/m.exec(text)?.[0] ?? text.split("\n").find(Boolean) ?? "").slice(0, 90);
}

async function rowOf(bundle: Bundle, entry: string, format: Format): Promise<readonly string[]> {
  const outdir = mkdtempSync(join(tmpdir(), "cloudtask-contrast-"));
  try {
    await using emulator = await createEmulator({ queues: ["default"] });
    const warnings = await bundle({ entry, outdir, format, minify: true });
    const file = join(outdir, format === "esm" ? "bundle.mjs" : "bundle.cjs");
    const { code, stderr } = await runNode([file], {
      cwd: outdir,
      env: { CLOUD_TASKS_EMULATOR_HOST: emulator.host },
    });
    return [
      String(warnings.length),
      sizeOf(outdir),
      code === 0 ? "runs" : firstLine(stderr),
      firstLine(warnings[0] ?? ""),
    ];
  } catch (error) {
    return ["fails", "", "", firstLine(String(error))];
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

print("| program | bundler | format | warnings | minified | without node_modules | first warning |");
print("|---|---|---|---|---|---|---|");
for (const [program, path] of Object.entries(PROGRAMS)) {
  const entry = fileURLToPath(new URL(path, import.meta.url));
  for (const [bundler, bundle] of Object.entries(bundlers)) {
    for (const format of ["esm", "cjs"] satisfies Format[]) {
      print(`| ${[program, bundler, format, ...(await rowOf(bundle, entry, format))].join(" | ")} |`);
    }
  }
}
