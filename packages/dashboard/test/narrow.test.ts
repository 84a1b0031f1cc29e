import { NonRetriableError } from "cloudtask";
import { expect, test } from "vitest";
import { misplaced } from "./support/misplaced.ts";
import { startApp } from "./support/start-app.ts";
import { useBrowser } from "./support/use-browser.ts";

const browser = useBrowser();

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
  // The buttons of the top bar fit into one line.
  const tops = await page
    .getByRole("banner")
    .getByRole("button")
    .evaluateAll((buttons) => buttons.map((button) => button.getBoundingClientRect().top));
  expect(new Set(tops).size).toBe(1);
  await page.getByRole("link", { name: "default", exact: true }).click();
  await page.getByRole("main").getByRole("button", { name: "Pause", exact: true }).tap();
  await page.getByRole("heading", { name: "default paused" }).waitFor();
  expect(await misplaced(page)).toEqual([]);
  await page.getByRole("link", { name: "Retrying 1" }).tap();
  await page.getByRole("link", { name: "charge-card" }).tap();
  await page.getByRole("heading", { name: "charge-card retrying" }).waitFor();
  expect(await misplaced(page)).toEqual([]);
  // No line breaks within a duration, however narrow the summary of the attempt is.
  const lines = await page.locator("summary").evaluate((summary) => {
    summary.style.width = "20px";
    const counts = [...summary.querySelectorAll("time, .muted")].map((part) => part.getClientRects().length);
    summary.style.width = "";
    return counts;
  });
  expect(lines).toEqual([1, 1]);
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

test("at 375 px, the lists of tasks and dead letters are cards that do not scroll sideways", async () => {
  const app = await startApp({ queues: { default: null, dead: { paused: true } } });
  let isBroken = true;
  const charge = app.client.task("charge-card", async (_: { orderId: number }) => {
    if (isBroken) throw new NonRetriableError(`the card was declined ${"by the bank ".repeat(20)}`);
  });
  for (let orderId = 1; orderId <= 30; orderId++) await charge({ orderId }).push();
  await app.emulator.idle();
  isBroken = false;
  const page = await browser.open(app.url, "tasks", { viewport: { width: 375, height: 800 }, hasTouch: true });
  for (const [view, name] of [
    ["tasks", "Tasks"],
    ["dead-letters", "Dead letters"],
  ] as const) {
    await page.goto(`${app.url}/#/${view}`);
    const list = page.getByRole("region", { name, exact: true });
    await list.getByRole("checkbox").nth(1).waitFor();
    expect(await list.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
    const outside = await list.evaluate((element) =>
      [...element.querySelectorAll("td:not(.clip) > *")]
        .filter((each) => each.getBoundingClientRect().right > innerWidth)
        .map(({ outerHTML }) => outerHTML),
    );
    expect(outside).toEqual([]);
    // The heights of the rows are known to the list: the last row ends at the end of the list.
    await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    const gap = () =>
      list.evaluate((element) => {
        const last = element.querySelector("tbody tr:not(.space):last-of-type");
        return element.getBoundingClientRect().bottom - (last?.getBoundingClientRect().bottom ?? 0);
      });
    await expect.poll(gap).toBeLessThan(3);
  }
  await page
    .getByRole("button", { name: /^Redrive / })
    .last()
    .tap();
  await page.getByText("Redrove 1 task").waitFor();
});
