import { rateInput } from "cloudtask/internal";

/** Formats dispatches per second: `5/s`, or `100/m` if the number per second is not a short decimal. */
export function rateText(perSecond: number): string {
  const text = rateInput(perSecond);
  return text.includes("/") ? text : `${Number(perSecond.toPrecision(6))}/s`;
}
