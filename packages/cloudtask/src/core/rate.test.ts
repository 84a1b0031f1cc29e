import { expect, test } from "vitest";
import { rateInput, ratePerSecond } from "./rate.ts";

test.each([
  [500, "500"],
  [0.5, "0.5"],
  [0.125, "0.125"],
  [100 / 60, "100/m"],
  [1 / 3_600, "1/h"],
  [5 / 86_400, "5/d"],
  [Math.PI, "3.141592653589793"],
])("%d per second is the rate %j", (perSecond, text) => {
  expect(rateInput(perSecond)).toBe(text);
  expect(ratePerSecond(text)).toBe(perSecond);
});
