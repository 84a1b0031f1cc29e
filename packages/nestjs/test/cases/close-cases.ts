import assert from "node:assert/strict";
import { fromNest, OnTask } from "@cloudtask/nestjs";
import { Inject, Injectable, Module } from "@nestjs/common";
import { createWorker, depends } from "cloudtask";
import { makeClient, type NestCase, startApp } from "../support/nest-scene.ts";

/** A promise with a function that resolves it. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

@Injectable()
class Pool {
  isOpen = true;
  onModuleDestroy(): void {
    this.isOpen = false;
  }
}

class GlobalPool extends Pool {}

@Module({ providers: [GlobalPool], exports: [GlobalPool] })
class PoolModule {}

/** Closing an app. */
export const CLOSE_CASES: readonly NestCase[] = [
  {
    title: "app.close() lets running deliveries finish before any pool closes, and answers new ones 503",
    run: async (adapter) => {
      const client = makeClient();
      const [started, go] = [gate(), gate()];
      client.task("slow", {
        deps: { near: fromNest(Pool), far: fromNest(GlobalPool) },
        run: async (_: undefined, { near, far }) => {
          started.open();
          await go.opened;
          return [near.isOpen, far.isOpen];
        },
      });
      const imports = [{ module: PoolModule, global: true }];
      const scene = await startApp({ client, adapter, imports, providers: [Pool] });
      const running = scene.deliver("slow");
      await started.opened;
      const closing = scene.app.close();
      const late = await until(
        () => scene.deliver("slow"),
        ({ status }) => status === 503,
      );
      assert.equal(late.status, 503);
      go.open();
      assert.deepEqual(await running, { status: 200, result: [true, true] });
      await closing;
      assert.equal(scene.app.get(Pool).isOpen, false);
    },
  },
  {
    title: "app.close() does the same for a worker that was passed in, and that worker continues to serve elsewhere",
    run: async (adapter) => {
      const client = makeClient();
      const [started, go] = [gate(), gate()];
      const slow = client.declare("slow");
      @Injectable()
      class Slow {
        @Inject(Pool) readonly pool!: Pool;
        @OnTask(slow)
        async run(): Promise<boolean> {
          started.open();
          await go.opened;
          return this.pool.isOpen;
        }
      }
      const worker = createWorker(client);
      const scene = await startApp({ client, adapter, providers: [Pool, Slow], options: { worker, grace: "1m" } });
      const running = scene.deliver("slow");
      await started.opened;
      const closing = scene.app.close();
      const late = await until(
        () => scene.deliver("slow"),
        ({ status }) => status !== 200,
      );
      assert.equal(late.status, 503);
      go.open();
      assert.deepEqual(await running, { status: 200, result: true });
      await closing;
      const headers = { "Content-Type": "application/json", "X-CloudTask-Secret": "s3cret-key" };
      const init = { method: "POST", headers, body: '{"task":"none"}' };
      assert.equal((await worker.fetch(new Request("http://worker.test/tasks/run", init))).status, 404);
    },
  },
  {
    title: "app.close() waits no longer than `grace` for a worker that was passed in, and aborts nothing",
    run: async (adapter) => {
      const client = makeClient();
      const [started, go] = [gate(), gate()];
      client.task("slow", async (_: undefined, { delivery }) => {
        started.open();
        await go.opened;
        return delivery.signal.aborted;
      });
      const worker = createWorker(client);
      let isClosed = false;
      class Last {
        onModuleDestroy(): void {
          isClosed = true;
          go.open();
        }
      }
      const scene = await startApp({ client, adapter, providers: [Last], options: { worker, grace: 0 } });
      const running = scene.deliver("slow");
      await started.opened;
      await scene.app.close();
      assert.deepEqual([isClosed, await running], [true, { status: 200, result: false }]);
    },
  },
  {
    title: "with closeClient the client's dependencies are torn down after all providers of the app",
    run: async (adapter) => {
      const client = makeClient();
      const log: string[] = [];
      const getPool = depends(
        function* () {
          yield "pool";
          log.push("client");
        },
        { scope: "app" },
      );
      client.task("use", { deps: { pool: getPool }, run: (_: undefined, { pool }) => pool });
      class Last {
        onModuleDestroy(): void {
          log.push("destroy");
        }
        onApplicationShutdown(): void {
          log.push("shutdown");
        }
      }
      class Far extends Last {}
      Module({ providers: [Far] })(Far);
      const scene = await startApp({
        client,
        adapter,
        imports: [Far],
        providers: [Last],
        options: { closeClient: true },
      });
      assert.equal((await scene.deliver("use")).result, "pool");
      await scene.app.close();
      assert.equal(log.indexOf("client"), log.length - 1);
      assert.equal(log.includes("shutdown") && log.lastIndexOf("destroy") < log.indexOf("shutdown"), true);
    },
  },
  {
    title: "deliveries that run longer than `grace` are aborted, and the client stays open",
    run: async (adapter) => {
      const client = makeClient();
      const started = gate();
      client.task("stubborn", (_: undefined, { delivery }) => {
        started.open();
        return new Promise((_resolve, reject) => {
          delivery.signal.addEventListener("abort", () => reject(delivery.signal.reason));
        });
      });
      const quick = client.task("quick", () => "still here");
      const scene = await startApp({ client, adapter, options: { grace: 0 } });
      const running = scene.deliver("stubborn");
      await started.opened;
      await scene.app.close();
      assert.equal((await running).status, 504);
      assert.equal(await quick().execute(), "still here");
    },
  },
];

async function until<T>(ask: () => Promise<T>, isIt: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isIt(answer)) return answer;
  }
}
