import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const INSTALLED = fileURLToPath(new URL("../../node_modules/", import.meta.url));

/** A runtime for programs, besides workerd. */
export interface Runtime {
  readonly name: string;
  /** The command that starts it, with the arguments before the program's path. */
  readonly command: readonly [string, ...string[]];
  /** Optional runtimes are packages for one operating system. */
  readonly isInstalled: boolean;
}

function runtime(name: string, path: string, ...args: readonly string[]): Runtime {
  const file = `${INSTALLED}${path}`;
  return { name, command: [file, ...args], isInstalled: existsSync(file) };
}

/** The Node that runs the tests. It should be the lowest supported version. */
const NODE: Runtime = {
  name: `Node ${process.versions.node.split(".")[0]}`,
  command: [process.execPath],
  isInstalled: true,
};

export const NODES: readonly Runtime[] = [
  NODE,
  runtime("Node 22", "node-22/bin/node"),
  runtime("Node 24", "node-24/bin/node"),
].filter(({ name }, index, all) => all.findIndex((other) => other.name === name) === index);

export const BUN: Runtime = runtime("Bun", ".bin/bun");

export const DENO: Runtime = runtime("Deno", ".bin/deno", "run", "--allow-all", "--quiet");

/** Without this flag it warns on every start that `request.signal` also aborts after an answer, which is harmless here. */
export const DENO_OF_TOMORROW: Runtime = { ...DENO, command: [...DENO.command, "--unstable-no-legacy-abort"] };
