/** The outcomes of attempts, as recorded from the service, read with Google's client over gRPC and REST. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Bench, V2Client, Wire } from "../clients/node/bench.ts";
import { attempted, dispatchBench, NOW, wires } from "../support/dispatch-bench.ts";
import { hang, startTarget, type Target, type Treatment } from "../support/target.ts";

const statuses = [
  [301, 2, "UNKNOWN(2): HTTP status code 301", 1],
  [302, 2, "UNKNOWN(2): HTTP status code 302", 1],
  [400, 3, "INVALID_ARGUMENT(3): HTTP status code 400", 1],
  [401, 16, "UNAUTHENTICATED(16): HTTP status code 401", 1],
  [403, 7, "PERMISSION_DENIED(7): HTTP status code 403", 1],
  [404, 5, "NOT_FOUND(5): HTTP status code 404", 1],
  [405, 9, "FAILED_PRECONDITION(9): HTTP status code 405", 1],
  [409, 10, "ABORTED(10): HTTP status code 409", 1],
  [410, 9, "FAILED_PRECONDITION(9): HTTP status code 410", 1],
  [418, 9, "FAILED_PRECONDITION(9): HTTP status code 418", 1],
  [429, 8, "RESOURCE_EXHAUSTED(8): HTTP status code 429", 1],
  [499, 1, "CANCELLED(1): HTTP status code 499", 1],
  [500, 13, "INTERNAL(13): HTTP status code 500", 0],
  [501, 12, "UNIMPLEMENTED(12): HTTP status code 501", 0],
  [502, 13, "INTERNAL(13): HTTP status code 502", 0],
  [503, 14, "UNAVAILABLE(14): HTTP status code 503", 0],
  [504, 4, "DEADLINE_EXCEEDED(4): HTTP status code 504", 0],
  [505, 13, "INTERNAL(13): HTTP status code 505", 0],
  [507, 13, "INTERNAL(13): HTTP status code 507", 0],
] as const;

/** Answers with the status in the path of the request. */
const statusOfPath: Treatment = (response) => response.writeHead(Number(response.req.url?.slice(1))).end();

const benches = new Map<Wire, Bench<V2Client>>();
let target: Target;

beforeAll(async () => {
  target = await startTarget(statusOfPath);
  for (const [wire] of wires) benches.set(wire, await dispatchBench(wire));
});

afterAll(async () => {
  for (const bench of benches.values()) await bench[Symbol.asyncDispose]();
  await target[Symbol.asyncDispose]();
});

function benchOf(wire: Wire): Bench<V2Client> {
  const bench = benches.get(wire);
  if (!bench) throw new Error(`no bench for ${wire}`);
  return bench;
}

const statusRows = wires.flatMap(([wire]) => statuses.map((row) => [wire, ...row] as const));

test.each(statusRows)(
  "over %s: an answer of %s is reported with code %s",
  async (wire, status, code, message, responseCount) => {
    const url = new URL(`/${status}`, target.url).href;
    const task = await attempted(benchOf(wire), { httpRequest: { url } });
    expect(task).toMatchObject({ dispatchCount: 1, responseCount });
    expect(task.lastAttempt?.responseStatus).toEqual({ code, message, details: [] });
    expect(task.firstAttempt).toMatchObject({ scheduleTime: null, responseTime: null, responseStatus: null });
    expect(Number(task.firstAttempt?.dispatchTime?.seconds)).toBe(NOW);
  },
);

const unreachable = ["http://127.0.0.1:9/", "http://does-not-exist.invalid/", "http://[bad"];
const unreachableRows = wires.flatMap(([wire]) => unreachable.map((url) => [wire, url] as const));

test.each(unreachableRows)("over %s: no connection to %s is reported as status 0", async (wire, url) => {
  const task = await attempted(benchOf(wire), { httpRequest: { url } });
  expect(task.responseCount).toBe(0);
  expect(task.lastAttempt?.responseStatus).toMatchObject({ code: 2, message: "UNKNOWN(2): HTTP status code 0" });
});

test.each(wires)("over %s: no answer by the deadline is reported as 504", async (wire) => {
  await using hanging = await startTarget(hang);
  await using own = await dispatchBench(wire);
  const task = { httpRequest: { url: hanging.url }, dispatchDeadline: { seconds: 15 } };
  const [{ name }] = await own.client.createTask({ parent: own.queue, task });
  await hanging.count(1);
  await own.emulator.advance("15s", { targetTimeout: "100ms" });
  const [found] = await own.client.getTask({ name: name ?? "" });
  expect(found).toMatchObject({
    responseCount: 0,
    lastAttempt: { responseStatus: { code: 4, message: "DEADLINE_EXCEEDED(4): HTTP status code 504" } },
  });
});
