import { gzipSync } from "node:zlib";
import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { createTask } from "../support/api.ts";
import { failed, groupsOf, httpRequest, tasksOf } from "../support/failures.ts";
import { get, type Json } from "../support/inspect.ts";
import { startTarget } from "../support/target.ts";

const bodies: readonly (readonly [
  title: string,
  headers: Json,
  body: (n: number) => string | Buffer,
  answer: string,
])[] = [
  ["is compressed", { "Content-Encoding": "gzip" }, (n) => gzipSync(`db ${n} is down`), "500 db … is down"],
  ["is UTF-16", {}, (n) => Buffer.from(`\ufeffdb ${n} is down`, "utf16le"), "500 db … is down"],
  ["is binary", {}, (n) => Buffer.from([0x89, 0x50, n, 0, 0xff, 0xd8]), "500"],
  ["is empty", {}, () => "", "500"],
  ["has several lines", {}, (n) => `db ${n} is down\n    at line ${n}`, "500 db … is down"],
  [
    "is JSON of another worker",
    {},
    (n) => JSON.stringify({ error: { message: `db ${n} is down` } }),
    "500 db … is down",
  ],
];

test.each(bodies)("an answer that %s has a group", async (_, headers, body, answer) => {
  let count = 0;
  await using target = await startTarget((response) => {
    count += 1;
    response.writeHead(500, headers as Record<string, string>).end(body(count));
  });
  await using emulator = await createEmulator({ queues: { default: { retry: { maxAttempts: 1 } } } });
  for (const id of ["a", "b", "c"]) await createTask(emulator, { id, httpRequest: httpRequest(target) });
  await emulator.idle();
  const groups = await groupsOf(emulator);
  expect(groups).toMatchObject([{ answer, tasks: 3, unresolved: 3 }]);
  expect((await tasksOf(emulator, groups[0])).sort()).toEqual(["a", "b", "c"]);
});

test("a target that does not answer is a group with the error of the connection", async () => {
  await using emulator = await createEmulator({ queues: { default: { retry: { minBackoff: "60s" } } } });
  await createTask(emulator, { id: "t" });
  await emulator.idle();
  const [group] = await groupsOf(emulator);
  expect(group).toMatchObject({ answer: "no answer: connect ECONNREFUSED 127.0.0.1:9", attempts: 1 });
  expect(group).not.toHaveProperty("status");
  expect(await tasksOf(emulator, group)).toEqual(["t"]);
});

test("a secret in an answer is masked, in the group too", async () => {
  await using target = await startTarget((response) => failed(response, "the password hunter2-abc is wrong"));
  await using emulator = await createEmulator({ queues: { default: { retry: { maxAttempts: 1 } } } });
  const headers = { "X-CloudTask-Secret": "hunter2-abc" };
  await createTask(emulator, { id: "t", httpRequest: { url: target.url, headers } });
  await emulator.idle();
  const { body } = await get(emulator, "failures");
  expect(JSON.stringify(body)).not.toContain("hunter2");
  const [group] = body.groups as readonly Json[];
  expect([group?.answer, group?.message]).toEqual(["500 the password *** is wrong", "the password *** is wrong"]);
  expect(await tasksOf(emulator, group)).toEqual(["t"]);
});

test("an answer that was read is masked as soon as a client names the header of its secret", async () => {
  await using target = await startTarget((response) => failed(response, "the key abcdefgh-xyz is wrong"));
  await using emulator = await createEmulator({ queues: { default: { retry: { maxAttempts: 1 } } } });
  const headers = { "X-Corp-Id": "abcdefgh-xyz" };
  await createTask(emulator, { id: "t", httpRequest: { url: target.url, headers } });
  await emulator.idle();
  const read = async (): Promise<readonly unknown[]> => {
    const [group] = await groupsOf(emulator);
    return [group?.answer, group?.message, await tasksOf(emulator, group)];
  };
  expect(await read()).toEqual(["500 the key abcdefgh-xyz is wrong", "the key abcdefgh-xyz is wrong", ["t"]]);
  await fetch(`${emulator.url}/v2/projects/p/locations/l/queues`, {
    headers: { "CloudTask-Secret-Header": "X-Corp-Id" },
  });
  expect(await read()).toEqual(["500 the key *** is wrong", "the key *** is wrong", ["t"]]);
});
