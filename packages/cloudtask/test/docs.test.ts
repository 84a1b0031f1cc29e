import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

/** What the pages take for granted: an application's own things, and what other packages export. */
const GLOBALS = `
import type { AsyncLocalStorage as Storage } from "node:async_hooks";
import type * as cloudtask from "cloudtask";
import type * as zod from "zod";
interface Span { recordException(error: Error): void; end(): void }
interface Order { readonly id: number }
interface Db { find(id: number): Promise<Order | undefined>; keep(lost: object): Promise<void> }
type Charge = (order: Order, options: { idempotencyKey: string; signal: AbortSignal }) => Promise<{ status: number }>;
declare global {
  type Delivery = cloudtask.Delivery;
  const AsyncLocalStorage: typeof Storage;
  const client: cloudtask.CloudTaskClient;
  const worker: cloudtask.Worker;
  const delivery: cloudtask.Delivery;
  const RetryAfterError: typeof cloudtask.RetryAfterError;
  const PayloadInvalidError: typeof cloudtask.PayloadInvalidError;
  const z: typeof zod;
  const getDb: cloudtask.Dependency<Db>;
  const stripe: { charge: Charge };
  const charge: (orderId: number, currency: string) => Promise<string>;
  const trace: { getTracer(name: string): { startActiveSpan<T>(name: string, run: (span: Span) => T): T } };
  const url: string;
}
`;

test.each(["docs/retries.md", "docs/deploys.md"])("%s has at most 120 lines, and its code compiles", async (page) => {
  const text = await readFile(page, "utf8");
  const blocks = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
  expect(text.split("\n").length).toBeLessThanOrEqual(121);
  expect(blocks.length).toBeGreaterThan(1);

  const folder = await mkdtemp(join(process.cwd(), "node_modules", ".docs-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const options = { types: ["node"], skipLibCheck: true, paths: await sourcePaths() };
  const config = { extends: resolve("tsconfig.json"), compilerOptions: options, include: ["*.ts"], exclude: [] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  await writeFile(join(folder, "globals.d.ts"), GLOBALS);
  for (const [index, code] of blocks.entries()) await writeFile(join(folder, `${index}.ts`), `${code}\nexport {};\n`);
  const tsc = resolve("node_modules/typescript/bin/tsc");
  const run = promisify(execFile)(process.execPath, [tsc, "--noEmit", "-p", folder]);
  expect(await run.catch(({ stdout }) => ({ stdout }))).toMatchObject({ stdout: "" });
});

/** The paths of the project's own configuration, which are told from where that stands. */
async function sourcePaths(): Promise<Record<string, string[]>> {
  const { compilerOptions } = JSON.parse(await readFile("tsconfig.json", "utf8"));
  const paths: Record<string, string[]> = compilerOptions.paths;
  return Object.fromEntries(Object.entries(paths).map(([name, places]) => [name, places.map((each) => resolve(each))]));
}
