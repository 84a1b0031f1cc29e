import { CloudTaskClient, type StandardSchema } from "cloudtask";
import * as valibot from "valibot-0";
import { expect, test } from "vitest";
import { z } from "zod-3.22";

const client = new CloudTaskClient({ url: "https://worker.test/tasks/run" });

function define(input: unknown): () => unknown {
  return () => client.task("t", { input: input as StandardSchema, run: () => undefined });
}

test.each([
  ["an object", z.object({ id: z.number() })],
  ["a transformed value", z.string().transform(Number)],
  ["a value with a default", z.number().default(1)],
])("a schema of zod 3.22 for %s is rejected with the version to install", (_, schema) => {
  expect(define(schema)).toThrow(
    new TypeError(
      'client.task("t"): `input` is a schema of a zod version before 3.24, which is not a Standard Schema; run `npm install zod@latest`',
    ),
  );
});

test("a schema of valibot 0 is rejected with the versions that work", () => {
  expect(define(valibot.object({ id: valibot.number() }))).toThrow(
    "must be a Standard Schema, such as z.object({ … }) of zod 3.24 or later, valibot 1 or arktype 2",
  );
});
