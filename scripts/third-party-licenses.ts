import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readManifest } from "./packages.ts";

/** The license of code that a bundle contains, if the code's package ships no license file. */
interface Notice {
  readonly source: string;
  readonly copyright: string;
  /** Files of `scripts/licenses/`. */
  readonly texts: readonly string[];
  /** The changes that Apache-2.0, section 4(b), requires to be stated. */
  readonly changes: string;
}

/** The message types are generated from these packages' protos: see packages/emulator/scripts/generate.ts. */
const PROTOS: Omit<Notice, "source"> = {
  copyright: "Copyright Google LLC",
  texts: ["Apache-2.0.txt"],
  changes:
    "The .proto files were compiled to JavaScript by protoc-gen-es, without annotations for client generators. " +
    "Messages and methods of google.cloud.tasks.v2beta3 were added to google.cloud.tasks.v2.",
};

const NOTICES: Readonly<Record<string, Notice>> = {
  "@bufbuild/protobuf": {
    source: "https://github.com/bufbuild/protobuf-es",
    copyright: "Copyright 2021-2026 Buf Technologies, Inc.",
    texts: ["Apache-2.0.txt", "BSD-3-Clause.protobuf.txt"],
    changes: "Bundled, without comments and unused exports.",
  },
  "@google-cloud/tasks": {
    ...PROTOS,
    source: "https://github.com/googleapis/google-cloud-node/tree/main/packages/google-cloud-tasks",
  },
  "google-gax": {
    ...PROTOS,
    source: "https://github.com/googleapis/google-cloud-node-core/tree/main/packages/gax",
  },
};

const LINE = `\n${"-".repeat(80)}\n\n`;

/** Returns the name of the package that a bundled module belongs to; `undefined` for a module of ours. */
function packageOf(module: string): string | undefined {
  const installed = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(module)?.[1];
  if (installed !== undefined) return installed;
  if (!module.includes("/src/gen/")) return undefined;
  return module.includes("/gen/google/cloud/tasks/") ? "@google-cloud/tasks" : "google-gax";
}

function folderOf(name: string, from: string): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(candidate)) return candidate;
  }
  throw new Error(`package ${name} is bundled, but not installed above ${from}`);
}

function sectionOf(name: string, from: string): string {
  const folder = folderOf(name, from);
  const { version, license = "" } = readManifest(folder);
  const title = `${name}, version ${version}, license ${license}`;
  const file = readdirSync(folder).find((entry) => /^licen[sc]e/i.test(entry));
  if (file !== undefined) return `${title}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  const notice = NOTICES[name];
  if (notice === undefined) {
    throw new Error(`package ${name} is bundled, but has no license file: add its notice to ${import.meta.filename}`);
  }
  const { source, copyright, texts, changes } = notice;
  return `${title}\n${source}\n${copyright}\nLicense texts below: ${texts.join(", ")}\n${changes}\n`;
}

function textsOf(names: readonly string[]): readonly string[] {
  const files = names.flatMap((name) => NOTICES[name]?.texts ?? []);
  return [...new Set(files)].map((file) => {
    const text = readFileSync(resolve(import.meta.dirname, "licenses", file), "utf8").trim();
    return `${file}\n\n${text}\n`;
  });
}

/**
 * Writes the licenses of the code that a bundle contains, other than our own.
 *
 * @param modules - paths of all bundled modules
 * @param from - the folder of the package that was bundled
 * @returns the text of THIRD_PARTY_LICENSES; `undefined` if the bundle contains only code of ours
 * @throws Error if a bundled package has no license text
 */
export function thirdPartyLicenses(modules: Iterable<string>, from: string): string | undefined {
  const names = new Set([...modules].map(packageOf).filter((name) => name !== undefined));
  if (names.size === 0) return undefined;
  const sorted = [...names].sort();
  const head = "The files in dist/ contain code of the following packages.\n";
  return [head, ...sorted.map((name) => sectionOf(name, from)), ...textsOf(sorted)].join(LINE);
}
