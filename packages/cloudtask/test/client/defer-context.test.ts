import { expect, test } from "vitest";
import { depends } from "../../src/index.ts";
import { apiServer, bodyOf, clientOf, tasksOf } from "../support/api-server.ts";
import { failureOf } from "../support/failure.ts";

/** An app dependency that pushes by itself: `push` is bound to the asynchronous context of its creation. */
async function pushingOnItsOwn() {
  const api = await apiServer();
  const client = clientOf(api);
  const tick = client.task("tick", (_: string) => undefined);
  const getTicker = depends(
    async () => {
      await Promise.resolve();
      const ticks: ((payload: string) => void)[] = [];
      const results: Promise<unknown>[] = [];
      const loop = async (): Promise<void> => {
        for (;;) {
          const payload = await new Promise<string>((resolve) => ticks.push(resolve));
          results.push(tick(payload).push());
        }
      };
      void loop();
      return {
        async push(payload: string) {
          ticks.pop()?.(payload);
          await new Promise((resolve) => setImmediate(resolve));
          return results.at(-1);
        },
      };
    },
    { scope: "app" },
  );
  return { api, client, getTicker };
}

test.each(["a delivery with deferPushes", "client.deferPushes()"] as const)(
  "pushes by an app dependency are not deferred, even if it was created inside %s",
  async (way) => {
    const { api, client, getTicker } = await pushingOnItsOwn();
    const use = client.task("use", {
      deps: { ticker: getTicker },
      deferPushes: way === "a delivery with deferPushes",
      run: async (payload: string, { ticker }) => ticker.push(payload),
    });
    const run = (payload: string) => use(payload).execute();
    const pushed = way === "client.deferPushes()" ? await client.deferPushes(() => run("first")) : await run("first");
    expect(pushed).not.toHaveProperty("deferred");
    expect(tasksOf(api).map(bodyOf)).toEqual([{ task: "tick", payload: "first" }]);
  },
);

test("its pushes are not rejected after the delivery that created it has failed", async () => {
  const { client, getTicker } = await pushingOnItsOwn();
  const tickers: { push(payload: string): Promise<unknown> }[] = [];
  const fails = client.task("fails", {
    deps: { ticker: getTicker },
    deferPushes: true,
    run: (_: undefined, { ticker }) => {
      tickers.push(ticker);
      throw new Error("no");
    },
  });
  await failureOf(fails(undefined).execute());
  await expect(tickers[0]?.push("later")).resolves.toMatchObject({ deduplicated: false });
});
