import { expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { CloudTaskClient, type DeferredPushError, type PushedTask, type PushResult } from "../../src/index.ts";

// Functions in these tests that are not called contain code that only the type checker reads.
const client = new CloudTaskClient({ url: "https://worker.test/tasks/run" });

test("the options that name tasks are typed", () => {
  const task = client.task("push", (_: number) => undefined)(1);
  const right = () => [
    task.push({ dedupe: true }),
    task.push({ dedupe: { window: "10m" } }),
    task.push({ dedupe: false }),
    client.pushMany([task], { push: { dedupe: true } }),
  ];
  const wrong = () => [
    // @ts-expect-error a window is a duration
    task.push({ dedupe: { window: "10 minutes" } }),
    // @ts-expect-error only a definition is throttled
    task.push({ throttle: { key: "user-1", window: "1m" } }),
    // @ts-expect-error only a definition is debounced
    task.push({ debounce: { key: "user-1", window: "1m" } }),
    // @ts-expect-error a key is needed
    client.task("no-key", { throttle: { window: "1m" }, run: () => 1 }),
    // @ts-expect-error a window is needed
    client.task("no-window", { debounce: { key: "user-1" }, run: () => 1 }),
    // @ts-expect-error true names no key
    client.task("true", { throttle: true, run: () => 1 }),
  ];
  expect([right, wrong].map((each) => typeof each)).toEqual(["function", "function"]);
});

test("the key function of a definition with a schema receives the schema's input", () => {
  const task = client.task("key-schema", {
    throttle: {
      key: (payload) => {
        expectTypeOf(payload).toEqualTypeOf<{ id: number; due: string }>();
        return String(payload.id);
      },
      window: "1m",
    },
    input: z.object({ id: z.number(), due: z.string().transform((text) => new Date(text)) }),
    run: ({ due }) => due.getTime(),
  });
  expectTypeOf(task).parameters.toEqualTypeOf<[payload: { id: number; due: string }]>();
});

test("without a schema it receives the handler's parameter, if it follows the handler or annotates its own type", () => {
  const after = client.task("key-after", {
    run: (user: { id: string }, { delivery }) => delivery.attempt + user.id.length,
    debounce: { key: (user) => user.id, window: "1m" },
  });
  const annotated = client.task("key-annotated", {
    debounce: { key: (user: { id: string }) => user.id, window: "1m" },
    run: (user: { id: string }, { delivery }) => delivery.attempt + user.id.length,
  });
  for (const task of [after, annotated]) {
    expectTypeOf(task).parameters.toEqualTypeOf<[payload: { id: string }]>();
    expectTypeOf(task({ id: "1" }).execute).returns.resolves.toEqualTypeOf<number>();
  }
  const wrong = () => [
    client.task("key-wrong", {
      run: (user: { id: string }) => user.id,
      // @ts-expect-error the payload has no such property
      debounce: { key: (user) => user.email, window: "1m" },
    }),
    client.task("key-number", {
      run: (id: number) => id,
      // @ts-expect-error a key is a string
      debounce: { key: (id) => id, window: "1m" },
    }),
  ];
  expect(wrong).toBeTypeOf("function");
});

test("deferPushes() resolves with the callback's result, and a deferred push has a push result", () => {
  const typed = () => {
    expectTypeOf(client.deferPushes(() => 1)).resolves.toEqualTypeOf<number>();
    expectTypeOf(client.deferPushes(async () => "x")).resolves.toEqualTypeOf<string>();
    expectTypeOf<PushResult["deferred"]>().toEqualTypeOf<true | undefined>();
    expectTypeOf<DeferredPushError["retry"]>().returns.resolves.toEqualTypeOf<readonly PushedTask[]>();
    // @ts-expect-error it requires a callback
    void client.deferPushes(client.pushMany([]));
  };
  expect(typed).toBeTypeOf("function");
});

test("targets, aliases and deferred pushes are options by name and value", () => {
  const url = "https://worker.test/";
  const right = () => [
    new CloudTaskClient({ url, appEngine: {}, deferPushes: true }),
    client.task("target", { appEngine: { service: "api" }, aliases: ["old"], deferPushes: true, run: () => 1 }),
    client
      .task("http", { appEngine: false, dedupe: { window: "1h" }, run: () => 1 })()
      .push({ appEngine: {} }),
  ];
  const task = client.task("t", () => 1)();
  const wrong = () => [
    // @ts-expect-error App Engine calls it a service
    new CloudTaskClient({ url, appEngine: { module: "api" } }),
    // @ts-expect-error aliases are a list
    client.task("alias", { aliases: "old", run: () => 1 }),
    // @ts-expect-error the place of a push decides whether it is deferred
    task.push({ deferPushes: true }),
  ];
  expect([right, wrong].map((each) => typeof each)).toEqual(["function", "function"]);
});
