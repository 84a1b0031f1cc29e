import type { DeleteManyProgress } from "cloudtask/admin";
import { DeleteManyError } from "cloudtask/admin";
import { expect, test } from "vitest";
import { type AdminBench, adminBench } from "../support/admin-bench.ts";
import { collect } from "../support/collect.ts";
import { failureOf } from "../support/failure.ts";
import { fillQueue } from "../support/fill-queue.ts";

async function fill({ emulator }: AdminBench, count: number, queue = "default"): Promise<readonly string[]> {
  return fillQueue(emulator, count, `projects/local-project/locations/us-central1/queues/${queue}`);
}

async function left({ admin }: AdminBench, queue = "default"): Promise<number> {
  return (await collect(admin.tasks.list({ queue }))).length;
}

test("tasks of several queues are deleted with 1,000 for each call", async () => {
  const bench = await adminBench({ emulator: { queues: { a: { paused: true }, b: { paused: true } } } });
  const tasks = [...(await fill(bench, 1_100, "a")), ...(await fill(bench, 30, "b"))];
  const progress: DeleteManyProgress[] = [];
  const result = await bench.admin.tasks.deleteMany(tasks, { onProgress: (each) => progress.push(each) });
  expect(result).toEqual({ deleted: 1_130, missing: 0 });
  expect(progress.map(({ deleted }) => deleted)).toEqual([1_000, 1_100, 1_130]);
  expect([await left(bench, "a"), await left(bench, "b")]).toEqual([0, 0]);
});

test("tasks are deleted while they are listed", async () => {
  const bench = await adminBench();
  await fill(bench, 1_200);
  const tasks = bench.admin.tasks.list({ queue: "default", filter: ({ id }) => !id.endsWith("7") });
  const { deleted } = await bench.admin.tasks.deleteMany(tasks);
  expect(await left(bench)).toBe(1_200 - deleted);
  expect((await collect(bench.admin.tasks.list({ queue: "default" }))).every(({ id }) => id.endsWith("7"))).toBe(true);
});

test("missing tasks are counted, and a task that is named twice is deleted once", async () => {
  const bench = await adminBench();
  const [first, second] = await fill(bench, 2);
  await bench.admin.tasks.delete(first ?? "");
  const tasks = [first, second, second, { queue: "default", id: "never" }, { queue: "other", id: "never" }];
  expect(await bench.admin.tasks.deleteMany(tasks as never)).toEqual({ deleted: 1, missing: 3 });
});

test("nothing to delete makes no call", async () => {
  const bench = await adminBench();
  const fault = bench.emulator.faults.add({ on: "BatchDeleteTasks", drop: true, times: "always" });
  expect(await bench.admin.tasks.deleteMany([])).toEqual({ deleted: 0, missing: 0 });
  expect(fault.fired).toBe(0);
});

test.each(["UNIMPLEMENTED", "PERMISSION_DENIED"] as const)(
  "if batches are rejected with %s, tasks are deleted one by one",
  async (status) => {
    const bench = await adminBench();
    const tasks = await fill(bench, 30);
    bench.emulator.faults.add({ on: "BatchDeleteTasks", status, times: "always" });
    expect(await bench.admin.tasks.deleteMany([...tasks, ...tasks.slice(0, 1)])).toEqual({ deleted: 30, missing: 0 });
    expect(await left(bench)).toBe(0);
  },
);

test("a lost answer is found again, and the counts are right", async () => {
  const bench = await adminBench();
  const tasks = await fill(bench, 30);
  bench.emulator.faults.add({ on: "BatchDeleteTasks", drop: true, after: true });
  expect(await bench.admin.tasks.deleteMany(tasks)).toEqual({ deleted: 30, missing: 0 });
});

test("if the result of a batch with a lost answer must not be read, its tasks are deleted one by one", async () => {
  const bench = await adminBench();
  const tasks = await fill(bench, 30);
  bench.emulator.faults.add({ on: "BatchDeleteTasks", drop: true, after: true });
  bench.emulator.faults.add({ on: "GetOperation", status: "PERMISSION_DENIED", times: "always" });
  expect(await bench.admin.tasks.deleteMany(tasks)).toEqual({ deleted: 30, missing: 0 });
  expect(await left(bench)).toBe(0);
});

test("a call that fails stops the deletion and is reported with its tasks", async () => {
  const bench = await adminBench();
  const tasks = await fill(bench, 1_200);
  bench.emulator.faults.add({ on: "BatchDeleteTasks", status: "INVALID_ARGUMENT" });
  const error = await failureOf<DeleteManyError>(bench.admin.tasks.deleteMany(tasks));
  expect(error).toBeInstanceOf(DeleteManyError);
  expect(error).toMatchObject({
    code: "DELETE_MANY_FAILED",
    deleted: 0,
    missing: 0,
    cause: { status: "INVALID_ARGUMENT" },
  });
  expect(error.failed).toHaveLength(1_000);
  expect(error.message).toContain("Could not delete 1000 of 1000 tasks. The first is projects/");
  expect(await bench.admin.tasks.deleteMany(error.failed)).toEqual({ deleted: 1_000, missing: 0 });
  expect(await left(bench)).toBe(200);
});

test("an abort stops the deletion", async () => {
  const bench = await adminBench();
  const tasks = await fill(bench, 10);
  const error = await failureOf(bench.admin.tasks.deleteMany(tasks, { signal: AbortSignal.abort() }));
  expect(error).toMatchObject({ code: "DELETE_MANY_FAILED", deleted: 0, cause: { code: "ABORTED" } });
  expect(await left(bench)).toBe(10);
});

test.each([
  [undefined, "expected an iterable or async iterable of tasks, received undefined"],
  ["projects/p", "expected an iterable or async iterable of tasks, received string"],
  [[{ payload: "s3cret" }], "or { queue, id }; received an object with payload"],
  [["abc"], "Could not delete the tasks: expected the name projects/"],
])("%j is rejected", async (tasks, message) => {
  const { admin } = await adminBench();
  await expect(admin.tasks.deleteMany(tasks as never)).rejects.toThrow(message);
});
