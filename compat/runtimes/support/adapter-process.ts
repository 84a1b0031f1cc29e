import { afterAll, beforeAll, describe } from "vitest";
import { adapterCases, type Special } from "./adapter-cases.ts";
import { bundled } from "./bundle.ts";
import { type Running, run } from "./running.ts";
import type { Runtime } from "./runtimes.ts";

/**
 * Holds a mount of the worker on a runtime to the adapter suite: the worker is there, the suite is here.
 *
 * @param runtime - what the worker runs on; where it is not installed, the cases are skipped
 * @param mount - which of `programs/mounts.ts`
 * @param special - what is special of it
 */
export function adapterProcess(runtime: Runtime, mount: string, special?: Special): void {
  describe.skipIf(!runtime.isInstalled)(runtime.name, () => {
    let running: Running;
    beforeAll(async () => {
      running = run(runtime, await bundled("adapter-server"), [mount]);
    });
    afterAll(() => running[Symbol.asyncDispose]());
    const start = async (_: unknown, options = {}) => {
      running.say(JSON.stringify(options));
      const origin = await running.hear();
      // It ends with its process.
      return { origin, close: async () => undefined };
    };
    adapterCases(`${runtime.name} (${mount})`, start, special);
  });
}
