import { expect, test } from "vitest";
import { onAbort } from "./abort-fan.ts";

test("any number of calls that share a signal cost it one listener", () => {
  const controller = new AbortController();
  let added = 0;
  const add = controller.signal.addEventListener.bind(controller.signal);
  controller.signal.addEventListener = (...args: Parameters<AbortSignal["addEventListener"]>) => {
    added += 1;
    add(...args);
  };
  const told: number[] = [];
  for (let call = 0; call < 100; call += 1) onAbort(controller.signal, () => told.push(call));
  controller.abort();
  expect(added).toBe(1);
  expect(told).toHaveLength(100);
});

test("who has stopped listening is not told", () => {
  const controller = new AbortController();
  const told: string[] = [];
  const stop = onAbort(controller.signal, () => told.push("first"));
  onAbort(controller.signal, () => told.push("second"));
  stop();
  controller.abort();
  expect(told).toEqual(["second"]);
});
