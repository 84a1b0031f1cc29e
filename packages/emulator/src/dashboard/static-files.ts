import { readdirSync, readFileSync } from "node:fs";
import { extname, join, sep } from "node:path";
import { lateBuiltin } from "../late-builtins.ts";

/** A file of the built pages, in memory. */
export interface StaticFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** Left out if compression does not help. */
  readonly gzipped?: Buffer;
  /** Whether its name changes with its content, so it never has to be read again. */
  readonly isHashed: boolean;
}

/** Types by extension, and whether files of the type can be compressed. */
const types: Readonly<Record<string, readonly [type: string, isText: boolean]>> = {
  ".html": ["text/html; charset=UTF-8", true],
  ".js": ["text/javascript; charset=UTF-8", true],
  ".css": ["text/css; charset=UTF-8", true],
  ".svg": ["image/svg+xml", true],
  ".json": ["application/json; charset=UTF-8", true],
  ".webmanifest": ["application/manifest+json", true],
  ".png": ["image/png", false],
  ".ico": ["image/x-icon", false],
  ".woff2": ["font/woff2", false],
};

/** Names of Vite: `index-BkX3a_9z.js`. */
const HASHED = /-[\w-]{8}\.[a-z0-9]+$/;

/** Reads all files below a folder. The keys are paths of URLs. Files of unknown types, such as source maps, are left out. */
export function readStaticFiles(folder: string): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const [type, isText] = types[extname(entry.name)] ?? [];
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    const gzipped = isText ? lateBuiltin("node:zlib").gzipSync(bytes) : undefined;
    const url = `/${path.slice(folder.length).split(sep).filter(Boolean).join("/")}`;
    const isHashed = HASHED.test(entry.name);
    files.set(url, { type, bytes, isHashed, ...(gzipped && gzipped.length < bytes.length ? { gzipped } : {}) });
  }
  return files;
}
