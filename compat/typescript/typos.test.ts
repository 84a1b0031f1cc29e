import { expect, test, vi } from "vitest";
import { compilers } from "./support/compilers.ts";

vi.setConfig({ testTimeout: 120_000 });

const settings = { module: "nodenext", moduleResolution: "nodenext" };

test.each(compilers)("TypeScript $version names the option that is wrong", async (compiler) => {
  const errors = await compiler.errors(["programs/typos.ts"], settings);
  expect(errors.map((error) => error.replace("programs/typos.ts: ", "").replace(/ in type '[^']*'/, ""))).toEqual([
    "TS2561 Object literal may only specify known properties, but 'maxAttemps' does not exist. Did you mean to write 'maxAttempts'?",
    "TS2353 Object literal may only specify known properties, and 'handler' does not exist.",
    "TS2561 Object literal may only specify known properties, but 'dep' does not exist. Did you mean to write 'deps'?",
    "TS2561 Object literal may only specify known properties, but 'inputs' does not exist. Did you mean to write 'input'?",
    "TS2322 Type 'string' is not assignable to type 'number'.",
    "TS2561 Object literal may only specify known properties, but 'maxAttemps' does not exist. Did you mean to write 'maxAttempts'?",
    "TS2322 Type 'string' is not assignable to type 'number'.",
    "TS2561 Object literal may only specify known properties, but 'maxAttemps' does not exist. Did you mean to write 'maxAttempts'?",
    "TS2322 Type 'string' is not assignable to type 'number'.",
    "TS2561 Object literal may only specify known properties, but 'dep' does not exist. Did you mean to write 'deps'?",
  ]);
});

test.each(compilers)("TypeScript $version emits declarations of what users export", async (compiler) => {
  expect(await compiler.errors(["programs/exports.ts"], { ...settings, declaration: true })).toEqual([]);
});

test.each(compilers)("TypeScript $version names the queue that the client does not describe", async (compiler) => {
  const errors = await compiler.errors(["programs/queues.ts"], settings);
  const [first, ...others] = errors.map((error) => error.replace("programs/queues.ts: ", ""));
  expect(first).toBe(
    `TS2820 Type '"email"' is not assignable to type '"default" | "emails" | "emails-dead" | "reports" | ShardedQueue<"default" | ` +
      `"emails" | "emails-dead" | "reports", never> | undefined'. Did you mean '"emails"'?`,
  );
  const misspelled = /^TS2820 Type '"email"' is not assignable .* Did you mean '"emails"'\?$/;
  expect(others).toEqual([
    expect.stringMatching(misspelled),
    expect.stringMatching(misspelled),
    expect.stringMatching(/^TS2561 .* 'rat' does not exist .* Did you mean to write 'rate'\?$/),
    expect.stringMatching(/^TS2561 .* 'maxAttemps' does not exist .* Did you mean to write 'maxAttempts'\?$/),
    expect.stringMatching(misspelled),
    expect.stringMatching(misspelled),
    expect.stringMatching(misspelled),
    expect.stringMatching(misspelled),
    expect.stringMatching(misspelled),
    expect.stringMatching(/^TS2322 Type 'ShardedQueue<"email", unknown>' is not assignable to type /),
    "TS2322 Type '\"5 seconds\"' is not assignable to type 'Duration | undefined'.",
  ]);
});
