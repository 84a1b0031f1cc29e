import { expect, test } from "vitest";
import { CircuitOpenError, NetworkError, PushManyError } from "../../src/index.ts";
import { apiServer, clientOf, created, hangUp, refusal } from "../support/api-server.ts";
import { failureOf } from "../support/failure.ts";

const RETRY = { totalTimeout: 0 } as const;

test("a push that meets an open circuit fails at once, and its task certainly does not exist", async () => {
  const api = await apiServer(hangUp);
  const client = clientOf(api, { retry: RETRY, circuit: { failures: 2, cooldown: "1h" } });
  const task = client.task("t", (_: number) => undefined);
  const error = await failureOf<PushManyError>(client.pushMany([1, 2, 3, 4].map(task), { concurrency: 1 }));
  expect(error).toBeInstanceOf(PushManyError);
  const failed = error.results.filter((result) => result.status === "failed");
  expect(failed.map(({ mayExist }) => mayExist)).toEqual([true, true, false, false]);
  expect(failed[3]?.error).toBeInstanceOf(CircuitOpenError);
  expect(failed[3]?.error).toMatchObject({
    message: expect.stringMatching(/^Could not push "t" to projects\/p.*: nothing was sent, because the last 2/),
  });
  expect(api.requests).toHaveLength(2);
});

test("a list waits for an API that comes back: what is left of it is pushed", async () => {
  const api = await apiServer(refusal(503, "UNAVAILABLE"), refusal(503, "UNAVAILABLE"), created);
  const client = clientOf(api, { retry: RETRY, circuit: { failures: 2, cooldown: "10ms" } });
  const task = client.task("t", (_: number) => undefined);
  const error = await failureOf<PushManyError>(client.pushMany([1, 2, 3, 4].map(task), { concurrency: 1 }));
  expect(error.results.map(({ status }) => status)).toEqual(["failed", "failed", "pushed", "pushed"]);
  expect(api.requests).toHaveLength(4);
});

test("with circuit: false, and by default with an emulator, every push is sent", async () => {
  for (const circuit of [false, undefined] as const) {
    const api = await apiServer(...Array.from({ length: 8 }, () => refusal(503, "UNAVAILABLE")), created);
    const task = clientOf(api, { retry: RETRY, circuit }).task("t", () => undefined);
    for (let push = 0; push < 8; push++) await failureOf(task().push());
    await expect(task().push()).resolves.toMatchObject({ deduplicated: false });
  }
});

test("against Google there is one by default, for a transport of the caller's own too", async () => {
  let calls = 0;
  const transport = {
    call: async () => {
      calls += 1;
      throw new NetworkError("reset");
    },
    close: async () => undefined,
  };
  const client = clientOf(undefined, { transport, retry: undefined });
  const task = client.task("t", () => undefined);
  for (let push = 0; push < 7; push++) await failureOf(task().push());
  expect(calls).toBe(5);
});

test("a handler that meets another client's open circuit is not run again by pushMany", async () => {
  const down = clientOf(await apiServer(hangUp), { retry: RETRY, circuit: { failures: 1, cooldown: "2s" } });
  const other = down.task("other", () => undefined);
  await failureOf(other().push());
  let runs = 0;
  const client = clientOf(undefined, { eager: "immediate" });
  const task = client.task("t", () => {
    runs += 1;
    return other().push();
  });
  const error = await failureOf<PushManyError>(client.pushMany([task()]));
  expect(error.results).toMatchObject([{ error: { code: "CIRCUIT_OPEN" } }]);
  expect(runs).toBe(1);
});
