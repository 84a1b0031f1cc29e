import { expect, test } from "vitest";
import { isThorough } from "../../../../test/support/thorough.ts";
import { createRestTransport } from "../../src/transport/rest-transport.ts";
import { clientOf } from "../support/api-server.ts";
import { startCountingApi } from "../support/counting-api.ts";
import { senders } from "../support/push-scene.ts";

const bursts = isThorough
  ? [
      { count: 20_000, ms: 1 },
      { count: 20_000, ms: 100 },
      { count: 20_000, ms: 1_000 },
      { count: 100_000, ms: 1 },
    ]
  : [
      { count: 2_000, ms: 1 },
      { count: 500, ms: 100 },
    ];

test.each(senders.flatMap((each) => bursts.map((burst) => ({ ...each, ...burst }))))(
  "$sender: $count simultaneous pushes to an API that answers in $ms ms create each task once",
  async ({ sender, create, count, ms }) => {
    const api = await startCountingApi(ms);
    const transport = createRestTransport({ baseUrl: api.origin, sender: create() });
    const task = clientOf(undefined, { transport, apiRetry: undefined }).task("t", (_: number) => undefined);
    const before = performance.now();
    await Promise.all(Array.from({ length: count }, (_, number) => task(number).push()));
    const seconds = ((performance.now() - before) / 1_000).toFixed(1);
    const { tasks, creates } = await api.counts();
    process.stdout.write(`${sender}: ${count} pushes, answers in ${ms} ms: ${creates} creates in ${seconds} s\n`);
    expect({ tasks, creates }).toEqual({ tasks: count, creates: count });
  },
  1_200_000,
);
