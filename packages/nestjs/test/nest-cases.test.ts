import "reflect-metadata";
import { test } from "vitest";
import { NEST_CASES } from "./cases/nest-cases.ts";
import { platforms } from "./support/nest-mounts.ts";

for (const [platform, adapter] of platforms) {
  for (const { title, run } of NEST_CASES) test(`NestJS 12 (${platform}): ${title}`, () => run(adapter));
}
