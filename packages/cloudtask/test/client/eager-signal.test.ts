import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { clientOf, listen } from "../support/api-server.ts";
import { failureOf } from "../support/failure.ts";

/** The number of entries that Node keeps with a signal: its listeners, and an entry for each `AbortSignal.any`. */
function kept(signal: AbortSignal): number {
  const sizes = Reflect.ownKeys(signal).map((key) => Number(Object(Reflect.get(signal, key)).size ?? 0));
  return sizes.reduce((sum, size) => sum + size, getEventListeners(signal, "abort").length);
}

test.each(["immediate", "remote"] as const)(
  "eager %s: pushes leave no listener on a long-lived signal",
  async (eager) => {
    const { signal } = new AbortController();
    const host = await listen((_, outgoing) => outgoing.end("{}"));
    const task = clientOf(undefined, { eager, url: `http://${host}/` }).task("t", () => undefined);
    await task().push({ signal });
    const after = kept(signal);
    for (let push = 0; push < 50; push++) await task().push({ signal });
    expect(kept(signal)).toBe(after);
  },
);

test("execute() leaves no listener on a long-lived signal", async () => {
  const { signal } = new AbortController();
  const task = clientOf(undefined).task("t", () => undefined);
  await task().execute({ signal });
  const after = kept(signal);
  for (let run = 0; run < 50; run++) await task().execute({ signal });
  expect(kept(signal)).toBe(after);
});

test("remote: with an aborted signal nothing is sent, and the message states that", async () => {
  let calls = 0;
  const host = await listen((_, outgoing) => {
    calls++;
    outgoing.end();
  });
  const client = clientOf(undefined, { eager: "remote", url: `http://${host}/` });
  const push = client
    .task("t", () => undefined)()
    .push({ signal: AbortSignal.abort("no") });
  const error = await failureOf(push);
  expect(error).toMatchObject({ code: "ABORTED", cause: "no" });
  expect(error.message).toMatch(/: aborted by its signal\. Nothing was sent\.$/);
  expect(calls).toBe(0);
});

test("immediate: with an aborted signal the handler does not run", async () => {
  const client = clientOf(undefined, { eager: "immediate" });
  const push = client
    .task("t", () => expect.unreachable())()
    .push({ signal: AbortSignal.abort(new Error("no")) });
  expect((await failureOf(push)).message).toBe("no");
});
