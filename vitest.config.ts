import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Tests run on the sources, so that a failure points at a line one can edit; `*.dist.test.ts` alone run on the built output. */
const sources = [
  { find: /^#http$/, replacement: at("packages/cloudtask/src/transport/http-node.ts") },
  { find: /^cloudtask$/, replacement: at("packages/cloudtask/src/index.ts") },
  { find: /^cloudtask\/internal$/, replacement: at("packages/cloudtask/src/internal.ts") },
  { find: /^cloudtask\/internal\/cli$/, replacement: at("packages/cloudtask/src/internal-cli.ts") },
  { find: /^cloudtask\/internal\/nestjs$/, replacement: at("packages/cloudtask/src/internal-nestjs.ts") },
  { find: /^cloudtask\/next\/pages$/, replacement: at("packages/cloudtask/src/adapters/next-pages.ts") },
  { find: /^cloudtask\/types$/, replacement: at("packages/cloudtask/src/types.ts") },
  { find: /^cloudtask\/admin$/, replacement: at("packages/cloudtask/src/admin/admin.ts") },
  { find: /^cloudtask\/testing$/, replacement: at("packages/cloudtask/src/testing/testing.ts") },
  { find: /^cloudtask\/testing\/(.+)$/, replacement: at("packages/cloudtask/src/testing/$1.ts") },
  { find: /^cloudtask\/(.+)$/, replacement: at("packages/cloudtask/src/adapters/$1.ts") },
  { find: /^@cloudtask\/nestjs$/, replacement: at("packages/nestjs/src/index.ts") },
  { find: /^@cloudtask\/emulator$/, replacement: at("packages/emulator/src/index.ts") },
  { find: /^@cloudtask\/emulator\/internal$/, replacement: at("packages/emulator/src/internal.ts") },
];

const { version } = JSON.parse(readFileSync(at("packages/cloudtask/package.json"), "utf8")) as {
  readonly version: string;
};

const tests = [
  "packages/*/src/**/*.test.ts",
  "packages/*/test/**/*.test.ts",
  "test/**/*.test.ts",
  "examples/*.test.ts",
  "compat/*/*.test.ts",
  "benchmarks/**/*.test.ts",
];

// Webpack takes a minute and a half to build what Turbopack builds in half of that: with TESTS=all, as `npm run test:adapters`.
const excluded = ["**/node_modules/**", ...(process.env.TESTS === "all" ? [] : ["compat/next-15/**"])];

/**
 * Each of these files has a process of its own: it uses frameworks that change global objects, measures memory or pauses, starts
 * compilers, or changes its process in another way. The other files share the process of a worker, with its modules: to start a
 * process and load the packages takes half a second.
 */
const isolated = [
  "test/**/*.test.ts",
  "examples/*.test.ts",
  "compat/*/*.test.ts",
  "benchmarks/**/*.test.ts",
  "packages/cloudtask/test/**/*.test.ts",
  "packages/nestjs/test/**/*.test.ts",
  "packages/emulator/test/inspect/million-tasks.test.ts",
];

/**
 * Starts with compat/. Vitest starts with the largest files, so it would start the small files that build applications last, and the
 * other workers would wait for them.
 */
class CompatFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ moduleId }: TestSpecification): boolean => moduleId.startsWith(at("compat/"));
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}

export default defineConfig({
  // As scripts/build.ts does.
  define: { CLOUDTASK_VERSION: JSON.stringify(version) },
  resolve: { alias: sources },
  test: {
    // A client of an emulator logs its failed handlers to the console, and many tests let handlers fail.
    silent: "passed-only",
    // One more than by default, since many of them wait for processes that they started.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: CompatFirst },
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // A condition that a test waits for can take more than the default of a second if all test files run at once.
    expect: { poll: { timeout: 10_000 } },
    projects: [
      { extends: true, test: { name: "isolated", include: isolated, exclude: excluded } },
      { extends: true, test: { name: "shared", include: tests, exclude: [...excluded, ...isolated], isolate: false } },
    ],
  },
});
