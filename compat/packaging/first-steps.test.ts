import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publishedPackages } from "../../scripts/packages.ts";
import { onFreePorts, parseQuickStart, runCommands, writeFiles } from "../../test/support/quick-start.ts";
import { copyRepository } from "./support/copy-repository.ts";
import { type LocalRegistry, startRegistry } from "./support/local-registry.ts";

const SETUP_TIMEOUT_MS = 180_000;
const INSTALL_TIMEOUT_MS = 180_000;
const PRINT_TIMEOUT_MS = 60_000;

/** The README's first steps print these lines. */
const PRINTS = ["welcome, ada@example.com", "order 500 is paid, attempt 1", "committed"];

let folder: string;
let clone: string;
let registry: LocalRegistry;

const run = promisify(execFile);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cloudtask-registry-"));
  clone = await copyRepository();
  registry = await startRegistry(folder);
  for (const { folder: name } of publishedPackages(clone)) {
    await run("npm", ["publish"], { cwd: join(clone, "packages", name), env: registry.env });
  }
}, SETUP_TIMEOUT_MS);

afterAll(async () => {
  await registry?.[Symbol.asyncDispose]();
  for (const path of [folder, clone]) await rm(path, { recursive: true, force: true });
});

test.each(publishedPackages())(
  "npm publish in a clean clone publishes $name with its code",
  async ({ name, manifest }) => {
    const answer = await fetch(`${registry.url}${name.replace("/", "%2f")}`);
    const { "dist-tags": tags, versions } = await answer.json();
    expect(tags).toEqual({ latest: manifest.version });
    expect(versions[manifest.version]).toMatchObject({ name, license: "MIT", engines: { node: ">=20.19" } });
    const target = join(folder, "published", name);
    await mkdir(target, { recursive: true });
    const { stdout } = await run("npm", ["pack", name, "--json", "--pack-destination", target], { env: registry.env });
    const [{ files }] = JSON.parse(stdout) as [{ files: readonly { readonly path: string }[] }];
    const main = manifest.bin ? "dist/cli.js" : "dist/index.js";
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["LICENSE", "README.md", "CHANGELOG.md", main]),
    );
  },
);

test("the README's five minutes give delivered tasks", { timeout: INSTALL_TIMEOUT_MS }, async () => {
  const [, section = ""] = /^## Five minutes\n([\s\S]*?)^## /m.exec(await readFile("README.md", "utf8")) ?? [];
  const steps = await onFreePorts(parseQuickStart(section));
  const project = join(folder, "project");
  await mkdir(project);
  for (const command of steps.install) await run("sh", ["-c", command], { cwd: project, env: registry.env });
  await writeFiles(project, steps);
  const running = runCommands(steps.run, project, registry.env);
  try {
    await running.printed(steps.prints.length > 0 ? steps.prints : PRINTS, PRINT_TIMEOUT_MS);
  } finally {
    await running.stop();
  }
});
