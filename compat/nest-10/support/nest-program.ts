import "reflect-metadata";
import { type CaseResult, runAdapterCases } from "../../../packages/cloudtask/test/support/adapter-run.ts";
import { NEST_CASES } from "../../../packages/nestjs/test/cases/nest-cases.ts";
import { nestMounts, platforms } from "../../../packages/nestjs/test/support/nest-mounts.ts";

/** Runs all cases on the installed NestJS, and prints the results as JSON. */
const version = process.argv[2];
const results: CaseResult[] = [];
for (const [platform, adapter] of platforms) {
  for (const { title, run } of NEST_CASES) {
    results.push({ title: `${version} (${platform}): ${title}`, ...(await outcomeOf(() => run(adapter))) });
  }
}
for (const { name, mount, traits } of nestMounts) {
  results.push(...(await runAdapterCases(`${version} (${name})`, mount, traits)));
}
process.stdout.write(`\n${JSON.stringify(results)}\n`, () => process.exit());

async function outcomeOf(run: () => Promise<void>): Promise<Omit<CaseResult, "title">> {
  try {
    await run();
    return { outcome: "passed" };
  } catch (error) {
    return { outcome: "failed", error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
