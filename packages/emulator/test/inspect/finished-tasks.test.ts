import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { call, createTask, queuePath } from "../support/api.ts";
import { dataDir } from "../support/data-dir.ts";
import { get, idsOf, type Json } from "../support/inspect.ts";
import { startTarget } from "../support/target.ts";

test("finished tasks are listed with their attempts after a restart, also those that were deleted meanwhile", async () => {
  const dir = dataDir();
  await using target = await startTarget(500, 500, 200);
  const options = { dataDir: dir, queues: { q: { retry: { minBackoff: "1h" } } } };
  const first = await createEmulator(options);
  for (const id of ["a", "b", "c"]) {
    await createTask(first, { queue: "q", id, url: target.url });
    await first.idle();
  }
  await call(first, "DELETE", `${queuePath(first, "q")}/tasks/a`);
  await first.close();
  await using second = await createEmulator(options);
  await createTask(second, { queue: "q", id: "d", url: target.url });
  await second.idle();
  const { body } = await get(second, "tasks");
  const shown = (body.tasks as readonly Json[]).map(({ id, state, sequence }) => [id, state, sequence]);
  expect(shown).toEqual([
    ["d", "succeeded", 4],
    ["c", "succeeded", 3],
    ["b", "retrying", 2],
    ["a", "deleted", 1],
  ]);
});

/** Bodies of tasks by id. Most contain the word "apple". */
const bodies: Readonly<Record<string, string | Buffer>> = {
  plain: '{"note":"Café Apple 10% off","password":"apple-pie-secret"}',
  utf16: Buffer.from("\ufeffAn Apple a day", "utf16le"),
  gzip: gzipSync('{"note":"green apple"}'),
  binary: Buffer.from([0xff, 0xd8, 0xfd, ...Buffer.from("apple")]),
  other: '{"note":"pear"}',
};

/** Creates a task for each body, and delivers them. */
async function deliverBodies(emulator: Emulator, url: string): Promise<void> {
  for (const [id, body] of Object.entries(bodies)) {
    await createTask(emulator, { id, httpRequest: { url, body: Buffer.from(body).toString("base64") } });
  }
  await emulator.idle();
}

test("a word in a finished task is found in every encoding, before and after a restart, but not in a secret", async () => {
  await using target = await startTarget(200);
  const options = { dataDir: dataDir(), queues: ["default"] };
  const found: readonly (readonly [text: string, ids: readonly string[]])[] = [
    ["apple", ["binary", "gzip", "plain", "utf16"]],
    ["pear", ["other"]],
    ["other", ["other"]],
    ["apple-pie", []],
    ["***", ["plain"]],
    ["café", ["plain"]],
    ["10% OFF", ["plain"]],
    ['":"pear"', ["other"]],
  ];
  const searched = async (emulator: Emulator): Promise<unknown> =>
    Promise.all(
      found.map(async ([text]) => [text, (await idsOf(emulator, `text=${encodeURIComponent(text)}`)).sort()] as const),
    );
  const first = await createEmulator(options);
  await deliverBodies(first, target.url);
  expect(await searched(first)).toEqual(found);
  await first.close();
  await using second = await createEmulator(options);
  expect(await searched(second)).toEqual(found);
});

test("a word in the request or the response of an attempt is found in every encoding, but not in a secret", async () => {
  await using target = await startTarget((response) => {
    response.setHeader("Content-Encoding", "gzip");
    response.end(gzipSync('{"note":"blueberry","token":"cherry-secret"}'));
  });
  const options = { dataDir: dataDir(), queues: ["default"] };
  const every = Object.keys(bodies).sort();
  const found: readonly (readonly [text: string, ids: readonly string[]])[] = [
    ["apple", ["binary", "gzip", "plain", "utf16"]],
    ["pear", ["other"]],
    ["tasks/other", ["other"]],
    ["blueberry", every],
    ["apple-pie", []],
    ["cherry-secret", []],
    ["strawberry", []],
  ];
  const searched = async (emulator: Emulator): Promise<unknown> =>
    Promise.all(
      found.map(async ([text]) => {
        const { body } = await get(emulator, `attempts?text=${encodeURIComponent(text)}`);
        const tasks = (body.attempts as readonly Json[]).map(({ task }) => String(task).split("/").at(-1));
        return [text, tasks.sort()];
      }),
    );
  const first = await createEmulator(options);
  await deliverBodies(first, target.url);
  expect(await searched(first)).toEqual(found);
  await first.close();
  await using second = await createEmulator(options);
  expect(await searched(second)).toEqual(found);
});

test("the history forgets a finished task together with its last attempt", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ history: { attempts: 2 } });
  for (const id of ["a", "b", "c"]) {
    await createTask(emulator, { id, url: target.url });
    await emulator.idle();
  }
  expect(await idsOf(emulator, "")).toEqual(["c", "b"]);
  expect((await get(emulator, "tasks")).body).toMatchObject({ counts: { states: { succeeded: 2 } } });
});

test("a finished task is forgotten with the attempt that ended it, even if an ignored attempt is newer", async () => {
  const answers: ServerResponse[] = [];
  await using target = await startTarget((response) => answers.push(response));
  await using emulator = await createEmulator({ queues: ["default"], history: { attempts: 2 } });
  await createTask(emulator, { id: "a", url: target.url, delaySeconds: 60 });
  for (const started of [1, 2]) {
    void call(emulator, "POST", `${queuePath(emulator, "default")}/tasks/a:run`);
    await target.count(started);
  }
  for (const answer of answers.splice(0)) {
    answer.end();
    await once(answer, "close");
  }
  await expect.poll(() => emulator.attempts().map(({ outcome }) => outcome)).toEqual(["ignored", "succeeded"]);
  expect(await idsOf(emulator, "")).toEqual(["a"]);
  await createTask(emulator, { id: "b", url: target.url });
  await target.count(3);
  for (const answer of answers) answer.end();
  await emulator.idle();
  expect(await idsOf(emulator, "")).toEqual(["b"]);
  expect((await get(emulator, "tasks")).body).toMatchObject({ counts: { states: { succeeded: 1, deleted: 0 } } });
});

test("a purged queue and a deleted queue leave their attempted tasks in the history, as deleted", async () => {
  await using target = await startTarget(500);
  await using emulator = await createEmulator({
    queues: { a: { retry: { minBackoff: "1h" } }, b: { retry: { minBackoff: "1h" } } },
  });
  for (const queue of ["a", "b"]) await createTask(emulator, { queue, id: "t", url: target.url });
  await emulator.idle();
  await call(emulator, "POST", `${queuePath(emulator, "a")}:purge`);
  await call(emulator, "DELETE", queuePath(emulator, "b"));
  const { body } = await get(emulator, "tasks?state=deleted&sort=create");
  expect(body).toMatchObject({ tasks: [{ queue: queuePath(emulator, "a") }, { queue: queuePath(emulator, "b") }] });
  await emulator.reset();
  expect(await idsOf(emulator, "")).toEqual([]);
});
