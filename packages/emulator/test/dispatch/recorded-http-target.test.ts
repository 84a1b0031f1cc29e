/** The HTTP target of a queue at dispatch, as recorded from the service. */
import { expect, test } from "vitest";
import { call } from "../support/api.ts";
import { dispatchBench, wires } from "../support/dispatch-bench.ts";
import { startTarget } from "../support/target.ts";

/** [the queue's http_target, the task's body, the request that is sent; none if nothing is sent] */
const targets: readonly [target: object, body: string, sent: object | undefined][] = [
  [
    { uriOverride: { pathOverride: { path: "/new" }, queryOverride: { queryParams: "n=1" } } },
    "hi",
    { method: "POST", path: "/new?n=1", body: "hi" },
  ],
  [
    {
      uriOverride: {
        pathOverride: { path: "/new" },
        queryOverride: { queryParams: "n=1" },
        uriOverrideEnforceMode: "IF_NOT_EXISTS",
      },
    },
    "hi",
    { method: "POST", path: "/run?b=2", body: "hi" },
  ],
  [{ httpMethod: "PUT" }, "hi", { method: "PUT", path: "/run?b=2", body: "hi" }],
  [{ httpMethod: "GET" }, "", { method: "GET", path: "/run?b=2", headers: { "content-type": "text/plain" } }],
  [{ httpMethod: "GET" }, "hi", undefined],
  [
    { headerOverrides: [{ header: { key: "x-own", value: "queue" } }, { header: { key: "X-More", value: "2" } }] },
    "hi",
    { headers: { "x-own": "queue", "x-more": "2", "content-type": "text/plain" } },
  ],
  [
    { oidcToken: { serviceAccountEmail: "queue@example.com", audience: "https://queue.example.com" } },
    "hi",
    { headers: { authorization: expect.stringMatching(/^Bearer ey[^,]+$/) } },
  ],
];

const rows = wires.flatMap(([wire]) => targets.map((row) => [wire, ...row] as const));

test.each(rows)("over %s: the queue's target %j with the task's body %j", async (wire, httpTarget, body, sent) => {
  await using receiving = await startTarget(200);
  await using bench = await dispatchBench(wire);
  await call(bench.emulator, "PATCH", `${bench.queue}?updateMask=httpTarget`, { httpTarget });
  const headers = { "X-Own": "task", "Content-Type": "text/plain", Authorization: "mine" };
  const httpRequest = { url: `${receiving.url}?b=2`, headers, body: Buffer.from(body) };
  await bench.client.createTask({ parent: bench.queue, task: { httpRequest } });
  await bench.emulator.idle();
  expect(receiving.received).toMatchObject([sent].flatMap((one) => one ?? []));
  const [task] = (await bench.client.listTasks({ parent: bench.queue }))[0];
  const failed = { dispatchCount: 1, lastAttempt: { responseStatus: { message: "UNKNOWN(2): HTTP status code 0" } } };
  expect(task ?? null).toEqual(sent ? null : expect.objectContaining({ dispatchCount: 1 }));
  expect([task].flatMap((one) => one ?? [])).toMatchObject(sent ? [] : [failed]);
});
