import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { expect, test } from "vitest";

/** Our packages, which a built file imports by name. */
const PACKAGES: Readonly<Record<string, string>> = {
  "@cloudtask/emulator": "packages/emulator/dist/index.js",
  "cloudtask/internal": "packages/cloudtask/dist/internal.js",
};

/** The files that `cloudtask emulator --memory` loads before its first answer over HTTP/1: late imports follow later. */
const ENTRIES = ["packages/cli/dist/cli.js", "packages/cli/dist/_run-emulator.js", "packages/emulator/dist/index.js"];

/** Returns the text of all files that are loaded together with some, by path, and the names of what else they import. */
function loadedWith(entries: readonly string[]): { texts: ReadonlyMap<string, string>; external: ReadonlySet<string> } {
  const texts = new Map<string, string>();
  const external = new Set<string>();
  const paths = new Set(entries.map((entry) => resolve(entry)));
  for (const path of paths) {
    const text = readFileSync(path, "utf8");
    texts.set(path, text);
    for (const [, name = ""] of text.matchAll(/^(?:import|export)\b[^"]*?"([^"]+)";$/gm)) {
      const file = name.startsWith("./") ? resolve(dirname(path), name) : PACKAGES[name];
      if (file) paths.add(resolve(file));
      else external.add(name);
    }
  }
  return { texts, external };
}

test("the emulator starts with few files and bytes, and without modules that most users never need", () => {
  const { texts, external } = loadedWith(ENTRIES);
  expect(texts.size).toBeLessThanOrEqual(7);
  const bytes = [...texts.values()].reduce((sum, text) => sum + text.length, 0);
  expect(bytes).toBeLessThan(900_000);
  expect([...external].filter((name) => !name.startsWith("node:"))).toEqual([]);
  // Importing node:process opens stdin. The others take milliseconds to load.
  const late = ["node:tls", "node:https", "node:http2", "node:zlib", "node:process", "node:worker_threads"];
  expect(late.filter((name) => external.has(name))).toEqual([]);
});

test("no descriptor of a proto file is parsed at the start", () => {
  const { texts } = loadedWith(ENTRIES);
  const all = [...texts.values()].join("\n");
  expect(all).toContain("google/cloud/tasks/v2/queue.proto");
  // Parsing the bytes of a descriptor needs the descriptor of descriptor.proto.
  expect(all).not.toContain("google/protobuf/descriptor.proto");
});
