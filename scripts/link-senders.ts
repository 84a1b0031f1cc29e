import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Plugin, rolldown } from "rolldown";

const CLIENT = "_client.js";

/** The chunk of the client for each kind of runtime, and the file of its sender. */
const RUNTIMES = {
  [CLIENT]: "http-node.js",
  "_client-fetch.js": "http-fetch.js",
} as const;

/**
 * Writes the chunk of the client once per kind of runtime, with the sender of that runtime inside. An import of `#http` would
 * cost a cold start two milliseconds: Node resolves package imports slowly, and reads one more file. The other chunks are the same
 * for all runtimes. They import the client as `#client`, for which the manifest has the conditions.
 *
 * @param dist - the folder of the built output, with a file per sender
 */
export async function linkSenders(dist: string): Promise<void> {
  const linked = Object.entries(RUNTIMES).map(async ([file, sender]) => ({
    file,
    ...(await link(dist, file, sender)),
  }));
  for (const { file, code, map } of await Promise.all(linked)) {
    writeFileSync(resolve(dist, file), `${code}\n//# sourceMappingURL=${file}.map\n`);
    writeFileSync(resolve(dist, `${file}.map`), map);
  }
  for (const sender of Object.values(RUNTIMES)) {
    rmSync(resolve(dist, sender));
    rmSync(resolve(dist, `${sender}.map`));
  }
  const index = readFileSync(resolve(dist, "index.js"), "utf8");
  writeFileSync(resolve(dist, "index-fetch.js"), index.replace(`"./${CLIENT}"`, '"./_client-fetch.js"'));
  const others = readdirSync(dist).filter((file) => file.endsWith(".js") && !isLinked(file));
  for (const file of others) {
    const text = readFileSync(resolve(dist, file), "utf8");
    writeFileSync(resolve(dist, file), text.replace(/ from "(?:\.\/_client\.js|#http)"/g, ' from "#client"'));
  }
}

function isLinked(file: string): boolean {
  return file in RUNTIMES || file.startsWith("index");
}

async function link(
  dist: string,
  file: string,
  sender: string,
): Promise<{ readonly code: string; readonly map: string }> {
  const built = await rolldown({
    input: "client",
    external: /^(?:node:|\.\/_(?!client\.js))/,
    makeAbsoluteExternalsRelative: false,
    plugins: [linker(dist, sender)],
    tsconfig: false,
  });
  const { output } = await built.generate({
    dir: dist,
    entryFileNames: file,
    format: "esm",
    sourcemap: true,
    comments: { annotation: true, jsdoc: false, legal: false },
  });
  await built.close();
  const [{ code, map }] = output;
  if (output.some(({ type }, index) => type === "chunk" && index > 0) || map === null) {
    throw new Error(`${CLIENT} with ${sender} must be one file`);
  }
  return { code: inAscii(code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "")), map: map.toString() };
}

/** Node stores a source in one byte per character if it is ASCII, and otherwise in two. All other characters are in texts. */
function inAscii(code: string): string {
  return code.replace(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Resolves `#http` to a built sender, and keeps the source maps of the built files. */
function linker(dist: string, sender: string): Plugin {
  return {
    name: "link-senders",
    resolveId(id) {
      if (id === "client") return id;
      if (id === "#http") return resolve(dist, sender);
      return id.endsWith(CLIENT) ? resolve(dist, CLIENT) : null;
    },
    load(id) {
      if (id === "client") return `export * from "${CLIENT}"; export { createHttpSender } from "#http";`;
      return { code: readFileSync(id, "utf8"), map: readFileSync(`${id}.map`, "utf8") };
    },
  };
}
