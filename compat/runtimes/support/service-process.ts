import { beforeAll, describe, expect, test } from "vitest";
import { bundled } from "./bundle.ts";
import { run } from "./running.ts";
import type { Runtime } from "./runtimes.ts";
import { type StartService, startServiceScene } from "./service-scene.ts";
import { serviceSuite } from "./service-suite.ts";

/**
 * Runs the service suite against a runtime, in a process of its own.
 *
 * @param runtime - the runtime of the service; if it is not installed, the cases are skipped
 * @param server - a name in `programs/serve.ts`
 */
export function serviceProcess(runtime: Runtime, server: string): void {
  describe.skipIf(!runtime.isInstalled)(runtime.name, () => {
    const name = `${runtime.name} (${server})`;
    let file: string;
    beforeAll(async () => {
      file = await bundled("serve");
    });

    const start: StartService = async (port, emulatorHost) => {
      const running = run(runtime, file, [server, String(port), emulatorHost]);
      expect(await running.hear()).toBe("ready");
      return {
        async end() {
          const start = performance.now();
          running.signal("SIGTERM");
          const ended = await running.ended;
          return { ...ended, ms: performance.now() - start };
        },
        [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
      };
    };

    serviceSuite(name, start);

    test(`${name}: once the worker, the server and the client are closed, the process ends by itself`, async () => {
      await using scene = await startServiceScene(start);
      await scene.do("push", "x");
      await scene.emulator.idle();
      const ended = await scene.service.end?.();
      expect(ended).toMatchObject({ code: 0, complaints: "" });
      expect(ended?.ms).toBeLessThan(1_000);
    });
  });
}
