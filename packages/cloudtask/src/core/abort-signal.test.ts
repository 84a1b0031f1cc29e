import { expect, test } from "vitest";
import { forwardAbort, onAbort } from "./abort-signal.ts";

test("calls that share a signal add one listener to it", () => {
  const controller = new AbortController();
  let added = 0;
  const add = controller.signal.addEventListener.bind(controller.signal);
  controller.signal.addEventListener = (...args: Parameters<AbortSignal["addEventListener"]>) => {
    added += 1;
    add(...args);
  };
  const called: number[] = [];
  for (let call = 0; call < 100; call += 1) onAbort(controller.signal, () => called.push(call));
  controller.abort();
  expect(added).toBe(1);
  expect(called).toHaveLength(100);
});

test("a removed listener is not called", () => {
  const controller = new AbortController();
  const called: string[] = [];
  const stop = onAbort(controller.signal, () => called.push("first"));
  onAbort(controller.signal, () => called.push("second"));
  stop();
  controller.abort();
  expect(called).toEqual(["second"]);
});

test("forwardAbort() passes on the reason, also of a signal that is already aborted", () => {
  const source = new AbortController();
  const [early, stopped, late] = [new AbortController(), new AbortController(), new AbortController()];
  forwardAbort(source.signal, early);
  forwardAbort(source.signal, stopped)();
  source.abort("enough");
  forwardAbort(source.signal, late);
  expect([early, stopped, late].map(({ signal }) => signal.reason)).toEqual(["enough", undefined, "enough"]);
});
