import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { freePort } from "./free-port.ts";
import { blocksOf, commandsOf } from "./markdown.ts";

const PAGES = "docs/quick-start";

/** The ports in the pages. */
const PORTS = ["8080", "8081", "8123"] as const;

/** The steps of a quick start, and its expected output. */
export interface QuickStart {
  readonly files: readonly { readonly name: string; readonly code: string }[];
  /** The commands before the emulator's. */
  readonly install: readonly string[];
  /** The commands that start the emulator and the app, and send the request. */
  readonly run: readonly string[];
  /** The expected output, in lines. */
  readonly prints: readonly string[];
}

/** The running commands of a quick start. */
export interface Running {
  /** Resolves when all lines were printed; rejects with the actual output if a command fails, or on a timeout. */
  readonly printed: (lines: readonly string[], timeoutMs: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Lists the names of all quick starts. */
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
  const [output] = blocks.filter(({ language }) => language === "text");
  return {
    files: blocks.flatMap(({ file, code }) => (file === undefined ? [] : [{ name: file, code }])),
    install: commands.slice(0, start),
    run: commands.slice(start),
    prints: output?.code.trim().split("\n") ?? [],
  };
}

/** Replaces the ports in a quick start with free ones. */
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

/** Runs commands as one shell script, including its background processes. */
export function runCommands(commands: readonly string[], folder: string, env: NodeJS.ProcessEnv): Running {
  // `wait` keeps the script running as long as its background processes.
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
      // Ends the whole process group: the shell and its child processes.
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
    const fail = (reason: string): void => reject(new Error(`${reason}; printed so far:\n${output()}`));
    const timer = setTimeout(() => fail(`not printed within ${timeoutMs} ms: ${lines.join(" / ")}`), timeoutMs);
    const check = (): void => {
      if (!lines.every((line) => output().includes(`${line}\n`))) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout?.on("data", check);
    child.stderr?.on("data", check);
    child.once("close", (code) => {
      clearTimeout(timer);
      fail(`the commands ended with ${code}`);
    });
  });
}
