import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { compilers, errorsIn } from "./support/compilers.ts";

vi.setConfig({ testTimeout: 120_000 });

test.each(compilers)("TypeScript $version names the option that is wrong", async (compiler) => {
  const errors = await errorsIn("programs/typos.ts", compiler);
  expect(errors.map((error) => error.replace(/ in type '[^']*'/, ""))).toEqual([
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
  expect(await errorsIn("programs/exports.ts", compiler)).toEqual([]);
});

test.each(compilers)("TypeScript $version names the queue that the client does not describe", async (compiler) => {
  const [first, ...others] = await errorsIn("programs/queues.ts", compiler);
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

test.each(compilers)(
  "TypeScript $version: values made by the library can be exported from a library",
  async (compiler) => {
    expect(await errorsIn("programs/re-exports.ts", compiler)).toEqual([]);
  },
);

test.each(compilers)("TypeScript $version: payloads that JSON cannot represent are errors", async (compiler) => {
  expect(await errorsIn("programs/payloads.ts", compiler)).toEqual([]);
});

test.each(compilers)(
  "TypeScript $version: the error of such a payload names the property and what to do",
  async (compiler) => {
    const source = readFileSync(new URL("programs/payloads.ts", import.meta.url), "utf8");
    expect(source).toContain("payload.born is a Date");
    const [error = ""] = await errorsIn("programs/unsendable.ts", compiler);
    expect(error).toContain(`not assignable to parameter of type 'UnsendablePayload<"payload.born is a Date">'`);
  },
);
