import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Client } from "../cases.ts";
import { run } from "./command.ts";
import { startControl } from "./control.ts";
import { allOf, type Outcome, outcomesOf } from "./outcome.ts";

const folder = fileURLToPath(new URL("../python/", import.meta.url));

const interpreters = ["python3", "python"];

const supported = "import sys, venv, ensurepip; print(sys.version); sys.exit(sys.version_info < (3, 10))";

const programs: Readonly<Record<string, readonly string[]>> = {
  "python-grpc": ["main.py", "grpc"],
  "python-rest": ["main.py", "rest"],
  "py-cloud-task": ["py_cloud_task.py"],
  gunicorn: ["web_servers.py", "gunicorn"],
  uvicorn: ["web_servers.py", "uvicorn"],
  django: ["web_servers.py", "django"],
};

/** Runs the cases of the Python clients. */
export async function runPython(clients: readonly Client[], cache: string): Promise<Outcome[]> {
  const found = await interpreter();
  if (found === undefined) {
    return clients.flatMap((client) => allOf(client, "skipped", "there is no Python 3.10 or newer with venv and pip"));
  }
  const environment = await installed(found, cache);
  if ("error" in environment) {
    return clients.flatMap((client) => allOf(client, "failed", `pip: ${environment.error}`));
  }
  const outcomes = clients.map(async (client) => {
    await using control = await startControl();
    const env = { CONTROL_URL: control.url, PYTHONDONTWRITEBYTECODE: "1" };
    const finished = await run(environment.python, programs[client.name] ?? [], { cwd: folder, env });
    return outcomesOf(client, finished.lines, `not reported; ${finished.error}`);
  });
  return (await Promise.all(outcomes)).flat();
}

interface Interpreter {
  readonly command: string;
  readonly version: string;
}

async function interpreter(): Promise<Interpreter | undefined> {
  for (const command of interpreters) {
    const { status, lines } = await run(command, ["-c", supported]);
    if (status === 0) return { command, version: lines.join(" ") };
  }
  return undefined;
}

/** A virtual environment with the requirements in the folder, cached until they or the interpreter change. */
async function installed(
  { command, version }: Interpreter,
  cache: string,
): Promise<{ readonly python: string } | { readonly error: string }> {
  const needed = join(folder, "requirements.txt");
  const pyCloudTask = join(folder, "py-cloud-task.txt");
  const hash = createHash("sha256").update(version).update(readFileSync(needed)).update(readFileSync(pyCloudTask));
  const environment = join(cache, `python-${hash.digest("hex").slice(0, 12)}`);
  const python = join(environment, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  const complete = join(environment, "complete");
  if (existsSync(complete)) return { python };
  rmSync(environment, { recursive: true, force: true });
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
  const steps: readonly (readonly [string, readonly string[]])[] = [
    [command, ["-m", "venv", environment]],
    [python, [...install, needed]],
    [python, [...install, pyCloudTask, "--no-deps", "--ignore-requires-python"]],
  ];
  for (const [program, args] of steps) {
    const { status, error } = await run(program, args);
    if (status !== 0) return { error };
  }
  writeFileSync(complete, "");
  return { python };
}
