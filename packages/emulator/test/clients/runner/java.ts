import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Client } from "../cases.ts";
import { run } from "./command.ts";
import { startControl } from "./control.ts";
import { allOf, type Outcome, outcomesOf } from "./outcome.ts";

const folder = fileURLToPath(new URL("../java/", import.meta.url));

const wires: Readonly<Record<string, string>> = {
  "java-grpc": "grpc",
  "java-rest": "rest",
  "java-discovery": "discovery",
};

/** Compiles the Java program and runs it for each Java client. */
export async function runJava(clients: readonly Client[], cache: string): Promise<Outcome[]> {
  const absent = await absentTool();
  if (absent !== undefined) return clients.flatMap((client) => allOf(client, "skipped", absent));
  const built = await build(cache);
  if ("error" in built) return clients.flatMap((client) => allOf(client, "failed", built.error));
  const outcomes = clients.map(async (client) => {
    await using control = await startControl();
    const args = ["-XX:TieredStopAtLevel=1", "-cp", built.classpath, "Main", wires[client.name] ?? ""];
    const finished = await run("java", args, { env: { CONTROL_URL: control.url } });
    return outcomesOf(client, finished.lines, `not reported; ${finished.error}`);
  });
  return (await Promise.all(outcomes)).flat();
}

async function absentTool(): Promise<string | undefined> {
  const [javac, maven] = await Promise.all([run("javac", ["--version"]), run("mvn", ["--version"])]);
  const [, version = "0"] = /javac (\d+)/.exec(javac.lines.join(" ")) ?? [];
  if (javac.status !== 0 || Number(version) < 17) return "there is no JDK 17 or newer";
  return maven.status === 0 ? undefined : "there is no Maven";
}

/** The classes and their dependencies, cached until a file in the folder changes. */
async function build(cache: string): Promise<{ readonly classpath: string } | { readonly error: string }> {
  const files = readdirSync(folder).sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(join(folder, file)));
  const directory = join(cache, `java-${hash.digest("hex").slice(0, 12)}`);
  const classpath = join(directory, "classpath");
  if (existsSync(classpath)) {
    const cached = readFileSync(classpath, "utf8");
    if (cached.split(delimiter).every((path) => existsSync(path))) return { classpath: cached };
  }
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const dependencies = join(directory, "dependencies");
  const goal = ["dependency:build-classpath", `-Dmdep.outputFile=${dependencies}`];
  const resolved = await run("mvn", ["--quiet", "--batch-mode", "--file", join(folder, "pom.xml"), ...goal]);
  if (resolved.status !== 0) return { error: `mvn: ${resolved.error || resolved.lines.slice(-5).join(" ")}` };
  const jars = readFileSync(dependencies, "utf8").trim();
  const sources = files.filter((file) => file.endsWith(".java")).map((file) => join(folder, file));
  const compiled = await run("javac", ["-d", directory, "-cp", jars, ...sources]);
  if (compiled.status !== 0) return { error: `javac: ${compiled.error}` };
  const all = [directory, jars].join(delimiter);
  writeFileSync(classpath, all);
  return { classpath: all };
}
