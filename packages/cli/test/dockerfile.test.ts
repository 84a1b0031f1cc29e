import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { optionsOf } from "./support/run-here.ts";
import { spawnCloudtask, startEmulator } from "./support/spawned.ts";

interface Manifest {
  readonly name: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The instructions of the Dockerfile, one per line. */
const instructions = readFileSync("Dockerfile", "utf8")
  .replace(/\\\n\s*/g, "")
  .split("\n")
  .filter((line) => /^[A-Z]+ /.test(line));

const argumentsOf = (name: string): string[] =>
  instructions.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));

const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const workspaces = new Map(
  ["cloudtask", "emulator", "cli"].map((id) => [manifestOf(`packages/${id}`).name, `packages/${id}`]),
);

/** The command of the image. */
const [node, bin = "", command, ...flags]: string[] = JSON.parse(argumentsOf("ENTRYPOINT")[0] ?? "");

/** The variables of the last stage of the image. */
const variables = Object.fromEntries(
  argumentsOf("ENV").flatMap((line) => line.split(" ").map((pair) => pair.split("="))),
);

const optionsInImage = (args: readonly string[], env: NodeJS.ProcessEnv = {}): ReturnType<typeof optionsOf> =>
  optionsOf([...flags, ...args], { options: {}, memory: false }, { ...variables, ...env });

test("the image is built with scripts of the repository, which build the command", () => {
  expect(argumentsOf("RUN").slice(0, 3)).toEqual([
    "npm ci",
    "npm run build",
    "npm ci --omit=dev --workspace @cloudtask/cli",
  ]);
  expect(manifestOf(".").scripts?.build).toContain("--workspace @cloudtask/cli");
});

test("the image contains every package that the command needs", () => {
  const copied = argumentsOf("COPY").map((line) => line.split(" ").at(-1) ?? "");
  const needed = (folder: string): string[] =>
    Object.keys(manifestOf(folder).dependencies ?? {}).flatMap((name) => {
      const workspace = workspaces.get(name);
      return workspace ? [workspace, ...needed(workspace)] : [];
    });
  const folders = new Set(["packages/cli", ...needed("packages/cli")]);
  expect(folders).toEqual(new Set(workspaces.values()));
  for (const folder of folders)
    expect(copied).toEqual(expect.arrayContaining([`${folder}/package.json`, `${folder}/dist`]));
  const sources = copied.filter((path) => path.startsWith("packages/") && !path.endsWith("/dist"));
  expect(sources.filter((path) => !existsSync(path))).toEqual([]);
});

test("no package needs a node_modules folder of its own, which the image would lack", () => {
  const locked: Record<string, { readonly dev?: boolean }> = JSON.parse(
    readFileSync("package-lock.json", "utf8"),
  ).packages;
  const nested = Object.entries(locked).filter(([path]) => /^packages\/[^/]+\/node_modules\//.test(path));
  expect(nested.filter(([, { dev }]) => !dev)).toEqual([]);
  expect(locked).toHaveProperty(["node_modules/libsql"]);
});

test("the container listens on all addresses and stores its data in the volume", async () => {
  expect([node, bin, command]).toEqual([
    "node",
    join("packages/cli", manifestOf("packages/cli").bin?.cloudtask ?? ""),
    "emulator",
  ]);
  expect(existsSync(bin)).toBe(true);
  const options = await optionsInImage([]);
  expect(options).toMatchObject({ host: "0.0.0.0", dataDir: "/data" });
  expect(argumentsOf("VOLUME")).toEqual([options.dataDir]);
  expect(argumentsOf("EXPOSE")).toEqual([String(options.port)]);
  expect(argumentsOf("USER")).toEqual(["node"]);
});

test("an argument or a variable makes a container keep everything in memory, or elsewhere", async () => {
  expect(await optionsInImage(["--memory"])).not.toHaveProperty("dataDir");
  expect(await optionsInImage([], { CLOUDTASK_MEMORY: "true" })).not.toHaveProperty("dataDir");
  expect(await optionsInImage(["--data", "/elsewhere"])).toMatchObject({ dataDir: "/elsewhere" });
  expect(await optionsInImage([], { CLOUDTASK_DATA: "/elsewhere" })).toMatchObject({ dataDir: "/elsewhere" });
  expect(await optionsInImage(["--data", "/here"], { CLOUDTASK_MEMORY: "true" })).toMatchObject({ dataDir: "/here" });
});

test("the health check succeeds with a running emulator and fails without one", async () => {
  const [, json = ""] = /CMD (\[.*\])$/.exec(argumentsOf("HEALTHCHECK")[0] ?? "") ?? [];
  const [, ...program]: string[] = JSON.parse(json);
  await using emulator = await startEmulator("--memory");
  const check = program.map((part) => part.replace("127.0.0.1:8123", emulator.ready.host));
  expect(await spawnCloudtask([], {}, check).ended()).toBe(0);
  await emulator.kill("SIGTERM");
  expect(await spawnCloudtask([], {}, check).ended()).toBe(1);
});
