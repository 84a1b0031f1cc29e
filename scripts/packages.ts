import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

/** The fields of a package.json that the scripts read. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly repository?: { readonly url?: string; readonly directory?: string };
  readonly homepage?: string;
  readonly bugs?: { readonly url?: string };
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly imports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A package of this repository that is published to npm. */
export interface PublishedPackage {
  readonly name: string;
  /** Its folder in `packages/`. */
  readonly folder: string;
  /** The absolute path of that folder. */
  readonly path: string;
  readonly manifest: Manifest;
}

/** Reads the package.json of a folder. */
export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(resolve(folder, "package.json"), "utf8")) as Manifest;
}

/** Lists the published packages, by their folders under `root`. */
export function publishedPackages(root: string = resolve(import.meta.dirname, "..")): readonly PublishedPackage[] {
  const packages = readdirSync(resolve(root, "packages")).map((folder) => {
    const path = resolve(root, "packages", folder);
    const manifest = readManifest(path);
    return { name: manifest.name, folder, path, manifest };
  });
  return packages.filter(({ manifest }) => !manifest.private);
}
