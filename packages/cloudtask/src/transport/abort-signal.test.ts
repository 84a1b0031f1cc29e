import { expect, test } from "vitest";
import { forwardAbort, onAbort } from "./abort-signal.ts";

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

test("a controller follows a signal with its reason, also one that was aborted before", () => {
  const source = new AbortController();
  const [early, stopped, late] = [new AbortController(), new AbortController(), new AbortController()];
  forwardAbort(source.signal, early);
  forwardAbort(source.signal, stopped)();
  source.abort("enough");
  forwardAbort(source.signal, late);
  expect([early, stopped, late].map(({ signal }) => signal.reason)).toEqual(["enough", undefined, "enough"]);
});
