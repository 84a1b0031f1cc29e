import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ADAPTER_CASES } from "../../packages/cloudtask/test/adapters/cases/adapter-cases.ts";
import { applies } from "../../packages/cloudtask/test/support/adapter-scene.ts";
import { resolveTraits } from "../../packages/cloudtask/test/support/adapter-traits.ts";
import { bundled } from "./support/bundle.ts";
import { type Running, run } from "./support/running.ts";
import { BUN, DENO, NODES, type Runtime } from "./support/runtimes.ts";

const atHand = resolveTraits({ mountWorker: () => Promise.reject(new Error("never called")) });
/** The cases that cannot run from another process. */
const titles = ADAPTER_CASES.filter((each) => applies(each, atHand) && !applies(each, resolveTraits())).map(
  ({ title }) => title,
);

function closingCases(runtime: Runtime, mount: string): void {
  describe.skipIf(!runtime.isInstalled)(runtime.name, () => {
    let running: Running;
    beforeAll(async () => {
      running = run(runtime, await bundled("closing-cases"), [mount]);
    });
    afterAll(() => running[Symbol.asyncDispose]());

    test.each(titles)(`${runtime.name} (${mount}): %s`, async (title) => {
      running.say(title);
      expect(JSON.parse(await running.hear())).toBe("passed");
    });
  });
}

for (const node of NODES) closingCases(node, "node:http");
closingCases(BUN, "Bun.serve");
closingCases(BUN, "node:http");
closingCases(DENO, "Deno.serve");
closingCases(DENO, "node:http");
