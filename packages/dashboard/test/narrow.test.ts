import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { startApp } from "./support/start-app.ts";
import { useBrowser } from "./support/use-browser.ts";

const browser = useBrowser();

/** The controls that are outside of the screen, unless they are in a region that scrolls by itself, or smaller than WCAG 2.2 asks. */
function misplaced(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("button, input, select, a, summary")].flatMap((element) => {
      const { left, right, width, height } = element.getBoundingClientRect();
      const isHidden = width === 0 || element.closest(".table-wrap, .tabs, nav, .visually-hidden") !== null;
      const isInText = element.tagName === "A" || element.matches("[type=checkbox]");
      const isSmall = !isInText && (width < 24 || height < 24);
      if (isHidden || (left >= 0 && right <= innerWidth && !isSmall)) return [];
      return [`${element.outerHTML.slice(0, 80)} ${left}-${right} ${width}×${height}`];
    }),
  );
}

test("at 375 px a failing task is found, paused, edited and pushed again, and nothing is outside of the screen", async () => {
  const app = await startApp({ queues: { default: { retry: { minBackoff: "60s" } } } });
  const done: unknown[] = [];
  const charge = app.client.task("charge-card", async (order: { orderId: number; note: string }) => {
    if (order.note === "wrong") throw new Error(`card ${"x".repeat(300)} declined`);
    done.push(order);
  });
  await charge({ orderId: 7, note: "wrong" }).push();
  await app.emulator.idle();
  const options = { viewport: { width: 375, height: 800 }, hasTouch: true };
  const page = await browser.open(app.url, "", options);
  await page.getByRole("link", { name: "default", exact: true }).waitFor();
  expect(await misplaced(page)).toEqual([]);
  await page.getByRole("link", { name: "default", exact: true }).click();
  await page.getByRole("main").getByRole("button", { name: "Pause", exact: true }).tap();
  await page.getByRole("heading", { name: "default paused" }).waitFor();
  expect(await misplaced(page)).toEqual([]);
  await page.getByRole("link", { name: "Retrying 1" }).tap();
  await page.getByRole("link", { name: "charge-card" }).tap();
  await page.getByRole("heading", { name: "charge-card retrying" }).waitFor();
  expect(await misplaced(page)).toEqual([]);
  await page.getByRole("button", { name: "Edit and push again" }).tap();
  const body = page.getByRole("dialog").getByRole("textbox", { name: "Body" });
  await body.fill((await body.inputValue()).replace("wrong", "right"));
  expect(await misplaced(page)).toEqual([]);
  await page.getByRole("dialog").getByRole("button", { name: "Push" }).tap();
  await page.getByRole("heading", { name: "charge-card due" }).waitFor();
  await page.getByRole("button", { name: "Run now" }).tap();
  await page.getByRole("heading", { name: "charge-card succeeded" }).waitFor();
  expect(done).toEqual([{ orderId: 7, note: "right" }]);
  for (const view of ["tasks", "definitions", "schedule", "dead-letters", "faults"]) {
    await page.goto(`${app.url}/#/${view}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect([view, ...(await misplaced(page))]).toEqual([view]);
  }
}, 40_000);

test("the last label of a time axis does not make the page wider than 375 px", async () => {
  const app = await startApp();
  const remind = app.client.task("remind", async () => {});
  const page = await browser.open(app.url, "", { viewport: { width: 375, height: 800 } });
  // The last tick of each axis is close to its end.
  for (const delay of ["32s", "97s", "640s", "64m", "640m", "64h"] as const) {
    const { name } = await remind().push({ delay });
    await page.goto(`${app.url}/#/tasks/${encodeURIComponent(name)}`);
    await page.getByText(name, { exact: true }).waitFor();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect([delay, overflow]).toEqual([delay, 0]);
  }
});
