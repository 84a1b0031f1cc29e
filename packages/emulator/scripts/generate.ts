/**
 * Writes the message types of Cloud Tasks to `src/gen/`, from the protos that ship in `@google-cloud/tasks` and `google-gax`.
 * Offline, and skipped while nothing that it reads has changed.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const output = fileURLToPath(new URL("../src/gen", import.meta.url));
const stamp = join(output, ".stamp");

const inputs = ["google/cloud/tasks/v2", "google/cloud/location/locations.proto", "google/rpc/error_details.proto"];

/** Annotations for client generators: left out, because nothing here reads them and every start would parse them. */
const annotations = [
  "google.api.api_version",
  "google.api.default_host",
  "google.api.field_behavior",
  "google.api.http",
  "google.api.method_signature",
  "google.api.oauth_scopes",
  "google.api.resource",
  "google.api.resource_definition",
  "google.api.resource_reference",
];

/** The folder of an installed package, from one of its files: its `exports` need not allow the one that is wanted. */
function folderOf(file: string, holds: string): string {
  let folder = dirname(file);
  while (!existsSync(join(folder, holds))) {
    if (folder === dirname(folder)) throw new Error(`no folder above ${file} holds ${holds}`);
    folder = dirname(folder);
  }
  return folder;
}

const buf = require.resolve("@bufbuild/buf/bin/buf");
const plugin = require.resolve("@bufbuild/protoc-gen-es/bin/protoc-gen-es");
const protos = [
  folderOf(require.resolve("google-gax"), "build/protos"),
  folderOf(require.resolve("@google-cloud/tasks"), "build/protos"),
];

function fingerprint(): string {
  const hash = createHash("sha256").update(readFileSync(fileURLToPath(import.meta.url)));
  for (const folder of [...protos, dirname(dirname(buf)), dirname(dirname(plugin))]) {
    hash.update(readFileSync(join(folder, "package.json")));
  }
  return hash.digest("hex");
}

function generate(folder: string): void {
  for (const source of protos) {
    cpSync(join(source, "build/protos/google"), join(folder, "protos/google"), { recursive: true });
  }
  const template = {
    version: "v2",
    inputs: [{ directory: "protos", paths: inputs.map((path) => `protos/${path}`), exclude_types: annotations }],
    plugins: [
      {
        local: [process.execPath, plugin],
        out: output,
        // Its enums are TypeScript's own, which `erasableSyntaxOnly` refuses: generated code is taken as it comes.
        opt: ["target=ts", "import_extension=ts", "ts_nocheck=true"],
        include_imports: true,
      },
    ],
  };
  execFileSync(process.execPath, [buf, "generate", "--template", JSON.stringify(template)], {
    cwd: folder,
    stdio: "inherit",
  });
}

const current = fingerprint();
const known = existsSync(stamp) ? readFileSync(stamp, "utf8") : "";
if (current !== known) {
  const folder = mkdtempSync(join(tmpdir(), "cloudtask-protos-"));
  try {
    rmSync(output, { recursive: true, force: true });
    mkdirSync(output, { recursive: true });
    generate(folder);
    writeFileSync(stamp, current);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
