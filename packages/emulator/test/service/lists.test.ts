import { createEmulator, type Emulator, ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { call, createTask, queuePath } from "../support/api.ts";

const parent = "projects/local-project/locations/us-central1";

const idsOf = (items: readonly { name: string }[] = []): string[] =>
  items.map(({ name }) => name.split("/").at(-1) ?? "");

async function pages(emulator: Emulator, path: string, size: number): Promise<string[][]> {
  const found: string[][] = [];
  let token: string | undefined = "";
  while (token !== undefined) {
    const { body } = await call(emulator, "GET", `${path}?pageSize=${size}&pageToken=${token}`);
    found.push(idsOf(body.queues ?? body.tasks));
    token = body.nextPageToken;
  }
  return found;
}

test("the queues of a location are listed in lexicographic order, in pages", async () => {
  const elsewhere = "projects/other/locations/us-central1/queues/x";
  await using emulator = await createEmulator({ queues: ["b", "a", elsewhere, "a-1", "c"] });
  expect(await pages(emulator, `${parent}/queues`, 3)).toEqual([["a", "a-1", "b"], ["c"], []]);
  expect(await pages(emulator, `${parent}/queues`, 4)).toEqual([["a", "a-1", "b", "c"], []]);
});

const filters: readonly [filter: string, found: string[]][] = [
  ["state: PAUSED", ["paused"]],
  ["state=PAUSED", ["paused"]],
  ["state != PAUSED", ["quick", "slow"]],
  ["NOT state = PAUSED", ["quick", "slow"]],
  ["-state:PAUSED", ["quick", "slow"]],
  ["rateLimits.maxDispatchesPerSecond < 100", ["slow"]],
  ["rate_limits.max_dispatches_per_second >= 500", ["paused", "quick"]],
  ["retryConfig.minBackoff > 0.5s", ["slow"]],
  ["state = RUNNING AND rateLimits.maxDispatchesPerSecond <= 5", ["slow"]],
  ["state = RUNNING rateLimits.maxDispatchesPerSecond <= 5", ["slow"]],
  ["state = PAUSED OR rateLimits.maxDispatchesPerSecond = 5", ["paused", "slow"]],
  ["(state = PAUSED OR state = RUNNING) AND name: slow", ["slow"]],
  [`name = "${parent}/queues/quick"`, ["quick"]],
  ["name: QUI", ["quick"]],
  ["purgeTime: *", ["quick"]],
  ['purgeTime > "2000-01-01T00:00:00Z"', ["quick"]],
];

test.each(filters)("the filter %s finds %j", async (filter, found) => {
  await using emulator = await createEmulator({
    queues: { quick: null, paused: null, slow: { rate: 5, retry: { minBackoff: "1s" } } },
  });
  await call(emulator, "POST", `${parent}/queues/paused:pause`);
  await call(emulator, "POST", `${parent}/queues/quick:purge`);
  const { body } = await call(emulator, "GET", `${parent}/queues?filter=${encodeURIComponent(filter)}`);
  expect(idsOf(body.queues)).toEqual(found);
});

test.each(["state", "state =", "= PAUSED", "state = PAUSED AND", "(state = PAUSED", "state ~ PAUSED", '"'])(
  "the filter %j is rejected as unreadable",
  async (filter) => {
    await using emulator = await createEmulator();
    const { body } = await call(emulator, "GET", `${parent}/queues?filter=${encodeURIComponent(filter)}`);
    expect(body.error).toMatchObject({ code: 400, message: `The filter cannot be read: ${filter}` });
  },
);

test("tasks are listed in pages while tasks are created and deleted", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  for (const id of ["a", "b", "c", "d", "e"]) await createTask(emulator, { id, delaySeconds: 60 });
  const path = `${queuePath(emulator, "default")}/tasks`;
  const first = await call(emulator, "GET", `${path}?pageSize=2`);
  expect(idsOf(first.body.tasks)).toEqual(["a", "b"]);
  for (const id of ["a", "b", "c"]) await call(emulator, "DELETE", `${path}/${id}`);
  await createTask(emulator, { id: "f", delaySeconds: 60 });
  const second = await call(emulator, "GET", `${path}?pageToken=${first.body.nextPageToken}`);
  expect([idsOf(second.body.tasks), second.body.nextPageToken]).toEqual([["d", "e", "f"], expect.any(String)]);
});

test("a page of tasks contains at most 1000, even if more were requested", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  await Promise.all(Array.from({ length: 1001 }, () => createTask(emulator, { delaySeconds: 60 })));
  const path = `${queuePath(emulator, "default")}/tasks`;
  const sizes = (await pages(emulator, path, 5000)).map((page) => page.length);
  expect(sizes).toEqual([1000, 1, 0]);
});

test("a page token expires after two hours and is valid for one list and one filter only", async () => {
  const clock = new ManualClock();
  await using emulator = await createEmulator({ clock, queues: ["a", "b", "c"] });
  const { body } = await call(emulator, "GET", `${parent}/queues?pageSize=1&filter=state:RUNNING`);
  const again = (query: string): Promise<number> =>
    call(emulator, "GET", `${parent}/queues?pageToken=${body.nextPageToken}${query}`).then(({ status }) => status);
  expect(await again("&filter=state:RUNNING")).toBe(200);
  expect(await again("&filter=state:PAUSED")).toBe(400);
  expect((await call(emulator, "GET", `${parent}/queues?pageToken=nonsense`)).status).toBe(400);
  clock.advance("2h");
  expect(await again("&filter=state:RUNNING")).toBe(400);
});

test("a negative page size is rejected", async () => {
  await using emulator = await createEmulator();
  expect((await call(emulator, "GET", `${parent}/queues?pageSize=-1`)).status).toBe(400);
});

test("an empty list is an empty object, as in proto3 JSON", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  expect((await call(emulator, "GET", `${queuePath(emulator, "default")}/tasks`)).body).toEqual({});
});

const parts: readonly [fields: string, part: object][] = [
  ["name", { name: "q" }],
  ["rateLimits/maxBurstSize,state", { rateLimits: { maxBurstSize: 100 }, state: "RUNNING" }],
  [
    "rateLimits(maxBurstSize, maxConcurrentDispatches)",
    { rateLimits: { maxBurstSize: 100, maxConcurrentDispatches: 1000 } },
  ],
  [
    "rateLimits/maxBurstSize,state,rateLimits/maxConcurrentDispatches",
    { rateLimits: { maxBurstSize: 100, maxConcurrentDispatches: 1000 }, state: "RUNNING" },
  ],
  [
    "rateLimits(maxBurstSize),rate_limits",
    { rateLimits: { maxBurstSize: 100, maxConcurrentDispatches: 1000, maxDispatchesPerSecond: 500 } },
  ],
];

test.each(parts)("the parameter fields=%s selects a part of the answer", async (fields, part) => {
  await using emulator = await createEmulator({ queues: ["q"] });
  const { body } = await call(emulator, "GET", `${queuePath(emulator, "q")}?fields=${encodeURIComponent(fields)}`);
  const short = JSON.stringify(body).replace(queuePath(emulator, "q"), "q");
  expect(JSON.parse(short)).toEqual(part);
});

test.each(["$fields", "header"])("a part of the answer is selected by %s too", async (by) => {
  await using emulator = await createEmulator({ queues: ["q"] });
  const url = `${emulator.url}/v2/${queuePath(emulator, "q")}`;
  const response =
    by === "header"
      ? await fetch(url, { headers: { "X-Goog-FieldMask": "state" } })
      : await fetch(`${url}?%24fields=state`);
  expect(await response.json()).toEqual({ state: "RUNNING" });
});

test.each([
  ["color", "color"],
  ["rateLimits/color", "rateLimits/color"],
  ["state/color", "state/color"],
])("the parameter fields=%s names no field, so nothing is done", async (fields, path) => {
  await using emulator = await createEmulator({ queues: ["q"] });
  const name = queuePath(emulator, "q");
  const { body } = await call(emulator, "POST", `${name}:pause?fields=${encodeURIComponent(fields)}`);
  expect(body.error).toMatchObject({ code: 400, details: [{ fieldViolations: [{ field: path }] }] });
  expect((await call(emulator, "GET", name)).body.state).toBe("RUNNING");
});

test.each([
  ["longer than 8192 characters", "a".repeat(8_193), "at most 8192 characters"],
  ["deeper than 50 brackets", `${"(".repeat(51)}state: RUNNING${")".repeat(51)}`, "at most 50 levels deep"],
  ["deeper than 50 negations", `${"NOT ".repeat(51)}state: RUNNING`, "at most 50 levels deep"],
])("a filter %s is rejected", async (_, filter, message) => {
  await using emulator = await createEmulator();
  const { body } = await call(emulator, "GET", `${parent}/queues?filter=${encodeURIComponent(filter)}`);
  expect(body.error).toMatchObject({ code: 400, message: expect.stringContaining(message) });
});

test("a page of tasks ends before its bodies exceed 32 MiB", async () => {
  await using emulator = await createEmulator();
  const body = Buffer.alloc(1_000_000, "A").toString("base64");
  for (let n = 0; n < 34; n += 1) await createTask(emulator, { delaySeconds: 60, httpRequest: { body } });
  const path = `${queuePath(emulator, "default")}/tasks`;
  const full = await call(emulator, "GET", `${path}?responseView=FULL`);
  expect([full.body.tasks?.length, full.body.tasks?.[32]?.httpRequest.body]).toEqual([33, body]);
  const rest = await call(emulator, "GET", `${path}?responseView=FULL&pageToken=${full.body.nextPageToken}`);
  expect([rest.body.tasks?.length, rest.body.nextPageToken]).toEqual([1, expect.any(String)]);
  expect((await call(emulator, "GET", path)).body.tasks).toHaveLength(34);
});
