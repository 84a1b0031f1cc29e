/** Targets that close a connection at the moment when the next request arrives. */
import type { Socket } from "node:net";
import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { createTask } from "../support/api.ts";
import { startTarget, type Treatment } from "../support/target.ts";

/** Answers the first request of each connection. The second one finds it just closed, as after a keep-alive timeout. */
function closeAtSecondRequest(onSecond: Treatment): Treatment {
  const used = new WeakSet<Socket>();
  return (response, socket) => {
    if (used.has(socket) && typeof onSecond === "function") onSecond(response, socket);
    else response.end();
    used.add(socket);
  };
}

async function deliverTwice(emulator: Emulator, url: string): Promise<void> {
  for (const id of ["a", "b"]) {
    await createTask(emulator, { id, url, httpRequest: { body: "aGk=" } });
    await emulator.idle();
  }
}

const closings: readonly (readonly [string, Treatment])[] = [
  ["closes", (_, socket) => socket.end()],
  ["resets", (_, socket) => socket.resetAndDestroy()],
];

test.each(closings)("a request over a connection that the target just %s is sent once more", async (_, close) => {
  await using target = await startTarget(closeAtSecondRequest(close));
  await using emulator = await createEmulator({ queues: ["default"] });
  await deliverTwice(emulator, target.url);
  const attempts = emulator.attempts().map(({ attempt, outcome }) => [attempt, outcome]);
  expect(attempts).toEqual([
    [1, "succeeded"],
    [1, "succeeded"],
  ]);
  expect(target.received.map(({ headers, body }) => [headers["x-cloudtasks-taskname"], body])).toEqual([
    ["a", "hi"],
    ["b", "hi"],
    ["b", "hi"],
  ]);
  expect(target.connections()).toBe(2);
});

test("a request is not sent again after the first byte of an answer", async () => {
  const partial: Treatment = (_, socket) => socket.end("HTTP/1.1 2");
  await using target = await startTarget(closeAtSecondRequest(partial));
  await using emulator = await createEmulator({ queues: { default: { retry: { minBackoff: "1h" } } } });
  await deliverTwice(emulator, target.url);
  expect(emulator.attempts().map(({ outcome }) => outcome)).toEqual(["retrying", "succeeded"]);
  expect(target.received).toHaveLength(2);
});

test("a request that a new connection refuses is not sent again", async () => {
  await using target = await startTarget((_, socket) => socket.destroy());
  await using emulator = await createEmulator({ queues: { default: { retry: { minBackoff: "1h" } } } });
  await deliverTwice(emulator, target.url);
  expect(emulator.attempts().map(({ outcome }) => outcome)).toEqual(["retrying", "retrying"]);
  expect(target.received).toHaveLength(2);
});
