import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { publishedPackages } from "../../../scripts/packages.ts";

/** The fields of a package.json that the tests read. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly sideEffects?: boolean | readonly string[];
  readonly types?: string;
  readonly main?: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
}

/** A package of this repository, packed and unpacked into compat/node_modules. */
export interface Packed {
  readonly name: string;
  /** The folder of the unpacked package. */
  readonly folder: string;
  readonly tarball: string;
  readonly manifest: Manifest;
}

const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));

function packed(name: string, file: string): Packed {
  const folder = `${modules}/${name}`;
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as Manifest;
  return { name, folder, tarball: `${modules}/.packed/${file}.tgz`, manifest };
}

/** The library, as it would be published. */
export const library: Packed = packed("cloudtask", "cloudtask");

/** All packages that are published. */
export const packages: readonly Packed[] = publishedPackages().map(({ name, folder }) => packed(name, folder));

/** The import paths of the library: `cloudtask`, `cloudtask/node` … */
export const subpaths: readonly string[] = Object.entries(library.manifest.exports)
  .filter(([, target]) => typeof target !== "string")
  .map(([subpath]) => subpath.replace(".", "cloudtask"));
