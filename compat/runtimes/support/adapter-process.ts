import { afterAll, beforeAll, describe } from "vitest";
import { adapterCases, type Special } from "./adapter-cases.ts";
import { bundled } from "./bundle.ts";
import { type Running, run } from "./running.ts";
import type { Runtime } from "./runtimes.ts";

/**
 * Runs the adapter suite against a mount on another runtime, in a process of its own.
 *
 * @param runtime - the runtime of the worker; if it is not installed, the cases are skipped
 * @param mount - a name in `programs/mounts.ts`
 * @param special - properties of the mount
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
      // The server ends with its process.
      return { origin, close: async () => undefined };
    };
    adapterCases(`${runtime.name} (${mount})`, start, special);
  });
}
