import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { freePort } from "./free-port.ts";
import { blocksOf, commandsOf } from "./markdown.ts";

const PAGES = "docs/quick-start";

/** The ports that the pages name. */
const PORTS = ["8080", "8081", "8123"] as const;

/** What a quick start tells its reader to do, and what he then sees. */
export interface QuickStart {
  readonly files: readonly { readonly name: string; readonly code: string }[];
  /** The commands before the emulator's. */
  readonly install: readonly string[];
  /** The emulator, the app, and the request that pushes. */
  readonly run: readonly string[];
  /** The lines that the app prints. */
  readonly prints: readonly string[];
}

/** A quick start under way. */
export interface Running {
  /** Resolves when all of it was printed; rejects with what there was instead, where a command fails or time is up. */
  readonly printed: (lines: readonly string[], timeoutMs: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** @returns the names of all quick starts */
export async function quickStarts(): Promise<readonly string[]> {
  return (await readdir(PAGES)).filter((file) => file.endsWith(".md")).map((file) => file.slice(0, -3));
}

/** Reads a page of docs/quick-start/. */
export async function readQuickStart(name: string): Promise<QuickStart> {
  return parseQuickStart(await readFile(join(PAGES, `${name}.md`), "utf8"));
}

/** Returns the files, commands and output that a text in Markdown shows. */
export function parseQuickStart(text: string): QuickStart {
  const blocks = blocksOf(text);
  const commands = commandsOf(text);
  const start = commands.findIndex((command) => /^npx (?:cloudtask|@cloudtask\/cli) emulator/.test(command));
  const [shown] = blocks.filter(({ language }) => language === "text");
  return {
    files: blocks.flatMap(({ file, code }) => (file === undefined ? [] : [{ name: file, code }])),
    install: commands.slice(0, start),
    run: commands.slice(start),
    prints: shown?.code.trim().split("\n") ?? [],
  };
}

/** @returns the same with the ports that it names replaced by free ones */
export async function onFreePorts({ files, install, run, prints }: QuickStart): Promise<QuickStart> {
  const free = await Promise.all(PORTS.map(freePort));
  const moved = (text: string): string =>
    PORTS.reduce((all, port, index) => all.replaceAll(new RegExp(`\\b${port}\\b`, "g"), String(free[index])), text);
  const emulator = `emulator --port ${free[PORTS.indexOf("8123")]} `;
  return {
    files: files.map(({ name, code }) => ({ name, code: moved(code) })),
    install,
    run: run.map((command) => moved(command).replace("emulator ", emulator)),
    prints,
  };
}

/** Writes the files of a quick start. */
export async function writeFiles(folder: string, { files }: QuickStart): Promise<void> {
  for (const { name, code } of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), code);
  }
}

/** Runs commands as one script of a shell, with everything in it that goes on in the background. */
export function runCommands(commands: readonly string[], folder: string, env: NodeJS.ProcessEnv): Running {
  // `wait` keeps what runs in the background within reach.
  const script = ["set -e", ...commands, "wait"].join("\n");
  const child = spawn("sh", ["-c", script], { cwd: folder, env, detached: true });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    printed: (lines, timeoutMs) => printed(child, () => output, lines, timeoutMs),
    stop: async () => {
      // The whole group: the shell, and what it started.
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGTERM");
      await ended;
    },
  };
}

function printed(
  child: ChildProcess,
  output: () => string,
  lines: readonly string[],
  timeoutMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`${why}; printed so far:\n${output()}`));
    const timer = setTimeout(() => fail(`not printed within ${timeoutMs} ms: ${lines.join(" / ")}`), timeoutMs);
    const look = (): void => {
      if (!lines.every((line) => output().includes(`${line}\n`))) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout?.on("data", look);
    child.stderr?.on("data", look);
    child.once("close", (code) => {
      clearTimeout(timer);
      fail(`the commands ended with ${code}`);
    });
  });
}
