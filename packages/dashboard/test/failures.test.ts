import { NonRetriableError } from "cloudtask";
import { expect, test } from "vitest";
import { misplaced } from "./support/misplaced.ts";
import { type App, startApp } from "./support/start-app.ts";
import { useBrowser } from "./support/use-browser.ts";
import { violations } from "./support/violations.ts";

const browser = useBrowser();

/** A shop whose orders fail with a message of their own until it is repaired. */
class Shop {
  isBroken = true;
  readonly charge: (order: { orderId: number }) => { push(): Promise<unknown> };

  constructor({ client }: App) {
    this.charge = client.task("charge-card", async ({ orderId }: { orderId: number }) => {
      if (orderId < 0) throw new NonRetriableError(`order ${orderId} does not exist`);
      if (this.isBroken) throw new Error(`order ${orderId}: connection to db refused`);
    });
  }

  async pushAll(from: number, to: number): Promise<void> {
    for (let orderId = from; orderId <= to; orderId += 1) await this.charge({ orderId }).push();
  }
}

test("many failures with one cause are one row, which leads to their tasks, and these are run again at once", async () => {
  const app = await startApp({ queues: { default: { retry: { minBackoff: "10m", maxAttempts: 2 } } } });
  const shop = new Shop(app);
  await shop.pushAll(1, 60);
  await shop.pushAll(-2, -1);
  await app.emulator.idle();
  const page = await browser.open(app.url);
  const table = page.getByRole("table", { name: "Failed attempts by answer" });
  const cells = (): Promise<string[][]> =>
    table
      .locator("tbody tr")
      .evaluateAll((rows) =>
        rows.map((row) => [...row.querySelectorAll("th, td")].slice(0, 5).map(({ textContent }) => textContent.trim())),
      );
  await expect.poll(cells).toEqual([
    [expect.stringMatching(/^500 order \d+: connection to db refused$/), "charge-card in default", "60", "60", "60"],
    [expect.stringMatching(/^discarded \(.*\): order -\d does not exist$/), "charge-card in default", "2", "2", "2"],
  ]);
  expect(await violations(page)).toEqual([]);

  shop.isBroken = false;
  await table.getByRole("link", { name: "Show 60 unresolved tasks" }).click();
  await page.getByText("60 tasks loaded").waitFor();
  await page.getByText("answer: 500 order …: connection to db refused").waitFor();
  await page.getByRole("button", { name: "Select all that match" }).click();
  await page.getByRole("button", { name: "Run now" }).click();
  const dialog = page.getByRole("dialog", { name: "Run now: 60 tasks?" });
  await dialog.getByText("answer: 500 order …: connection to db refused").waitFor();
  await dialog.getByRole("button", { name: "Run now" }).click();
  await page.getByText("Started 60 tasks").waitFor();
  await app.emulator.idle();

  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Overview" }).click();
  await expect
    .poll(async () => (await cells()).map((row) => row.slice(2)))
    .toEqual([
      ["2", "2", "2"],
      ["60", "60", "0"],
    ]);
});

test("the rows do not move under the pointer, and the new failures are shown when it leaves", async () => {
  const app = await startApp({ queues: { default: { retry: { minBackoff: "10m" } } } });
  const shop = new Shop(app);
  await shop.pushAll(1, 2);
  await app.emulator.idle();
  const page = await browser.open(app.url);
  const table = page.getByRole("table", { name: "Failed attempts by answer" });
  const attempts = table.locator("tbody tr td:nth-child(3)");
  await expect.poll(() => attempts.allTextContents()).toEqual(["2"]);
  await page.getByRole("heading", { name: "Needs attention" }).waitFor();
  await table.locator("tbody tr").hover();
  const refund = app.client.task("refund", async () => {
    throw new Error("no such card");
  });
  for (let count = 0; count < 3; count += 1) await refund().push();
  await page.getByText("3 new failures, shown when you leave the list").waitFor();
  expect(await attempts.allTextContents()).toEqual(["2"]);
  await page.getByRole("heading", { name: "Overview" }).hover();
  await expect.poll(() => attempts.allTextContents()).toEqual(["3", "2"]);
});

test("the period is chosen, and stays in the address", async () => {
  const app = await startApp({ queues: { default: { retry: { maxAttempts: 1 } } } });
  const shop = new Shop(app);
  await shop.pushAll(1, 1);
  await app.emulator.idle();
  await app.emulator.advance("2h");
  const page = await browser.open(app.url);
  const failures = page.getByRole("region", { name: "Failed attempts by answer" });
  await failures.getByText("No attempt has failed in this time.").waitFor();
  await failures.getByLabel("Period").selectOption({ label: "In the last day" });
  await failures.getByRole("cell", { name: "2 h ago" }).first().waitFor();
  await page.reload();
  await failures.getByRole("cell", { name: "2 h ago" }).first().waitFor();
  await failures.getByRole("link", { name: "Last task" }).click();
  await page.getByRole("heading", { name: "charge-card exhausted" }).waitFor();
});

test("at 375 px, a row is a card with the answer, the definition, the numbers and the times", async () => {
  const app = await startApp({ queues: { default: { retry: { minBackoff: "60s" } } } });
  const fail = app.client.task("charge-the-credit-card-of-the-customer", async () => {
    throw new Error(`the card was declined ${"by the bank ".repeat(20)}`);
  });
  for (let count = 0; count < 5; count += 1) await fail().push();
  await app.emulator.idle();
  const page = await browser.open(app.url, "", { viewport: { width: 375, height: 800 } });
  const row = page.getByRole("table", { name: "Failed attempts by answer" }).locator("tbody tr");
  await expect.poll(() => row.locator(".number").allTextContents()).toEqual(["5", "5", "5"]);
  const text = await row.textContent();
  for (const part of ["charge-the", "500", "the card was declined", "in default"]) expect(text).toContain(part);
  const { height = 0 } = (await row.boundingBox()) ?? {};
  expect(height).toBeLessThanOrEqual(200);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  expect(await misplaced(page)).toEqual([]);
});
