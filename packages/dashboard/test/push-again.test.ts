import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmulator } from "@cloudtask/emulator";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { type App, startApp } from "./support/start-app.ts";
import { useBrowser } from "./support/use-browser.ts";
import { violations } from "./support/violations.ts";

const browser = useBrowser();

/** A worker that fails each order until it is repaired. */
class Shop {
  isBroken = true;
  charged: number[] = [];
  readonly charge: (order: { orderId: number }) => { push(): Promise<unknown> };

  constructor({ client }: App) {
    this.charge = client.task("charge-card", async ({ orderId }: { orderId: number }) => {
      if (this.isBroken) throw new Error("the bank does not answer");
      this.charged.push(orderId);
    });
  }
}

/** The actions over the selected tasks. */
async function actionsOf(page: Page): Promise<string[]> {
  const selection = page.locator(".row", { has: page.locator("> strong", { hasText: "Selected: " }) });
  const names = await selection.getByRole("button").allTextContents();
  return names.filter((name) => ["Push again", "Run now", "Delete"].includes(name));
}

test("after an incident, all tasks that failed are pushed again once, and other lists offer other actions", async () => {
  const app = await startApp({ queues: { default: { retry: { maxAttempts: 1 } }, other: { paused: true } } });
  const shop = new Shop(app);
  for (let orderId = 1; orderId <= 30; orderId++) await shop.charge({ orderId }).push();
  await app.emulator.idle();
  shop.isBroken = false;
  await shop.charge({ orderId: 111 }).push();
  await expect.poll(() => shop.charged.splice(0)).toEqual([111]);
  const page = await browser.open(app.url, app.queueView("default", "done"));
  const state = page.getByLabel("State", { exact: true });
  const states = async (): Promise<unknown> =>
    (await state.getByRole("option").allTextContents()).map((text) => text.split(" (")[0]);
  await expect.poll(states).toEqual(["State: any", "succeeded", "discarded", "exhausted", "deleted"]);
  await state.selectOption("exhausted");
  const rows = page.getByRole("table", { name: "Tasks" }).locator("tbody tr:not(.space)");
  await expect.poll(() => rows.count()).toBeGreaterThan(10);

  await rows.filter({ hasText: '"orderId":7}' }).getByRole("checkbox").check();
  expect(await actionsOf(page)).toEqual(["Push again"]);
  await page.getByRole("button", { name: "Push again" }).click();
  await page.getByRole("dialog", { name: "Push again: 1 task?" }).getByRole("button", { name: "Push again" }).click();
  await page.getByText("Pushed 1 task again").waitFor();
  await expect.poll(() => shop.charged).toEqual([7]);

  await page.getByLabel("Time").selectOption({ label: "the last hour" });
  await page.getByLabel("Search in names").fill('orderid":1');
  await expect.poll(() => rows.count()).toBe(11);
  await page.getByRole("button", { name: "Select all that match" }).click();
  expect(await actionsOf(page)).toEqual(["Push again"]);
  await page.getByRole("button", { name: "Push again" }).click();
  const dialog = page.getByRole("dialog", { name: "Push again: 11 tasks?" });
  await dialog.getByText("contains “orderid").waitFor();
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Push again" }).click();
  await page.getByText("Pushed 11 tasks again").waitFor();
  await expect.poll(() => shop.charged.length).toBe(12);
  expect(new Set(shop.charged).size).toBe(12);

  await shop.charge({ orderId: 99 }).push();
  await fetch(`${app.url}/v2/${app.queue("default")}:pause`, { method: "POST" });
  await shop.charge({ orderId: 100 }).push();
  await page.goto(`${app.url}/#/tasks?state=waiting`);
  await expect.poll(() => rows.count()).toBe(1);
  await rows.first().getByRole("checkbox").check();
  expect(await actionsOf(page)).toEqual(["Run now", "Delete"]);
  await page.goto(`${app.url}/#/tasks`);
  await page.getByRole("button", { name: "Select all that match" }).click();
  expect(await actionsOf(page)).toEqual(["Push again", "Run now", "Delete"]);
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog", { name: "Delete: 1 task?" }).getByText("Finished tasks are skipped.").waitFor();
});

test("tasks whose secrets are gone after a restart are counted with the reason, and not pushed", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "cloudtask-dashboard-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const app = await startApp({ dataDir });
  const shop = new Shop(app);
  shop.isBroken = false;
  for (const orderId of [1, 2]) await shop.charge({ orderId }).push();
  await app.emulator.idle();
  await app.emulator.close();
  const emulator = await createEmulator({ dataDir, port: Number(new URL(app.url).port) });
  onTestFinished(() => emulator.close());
  const page = await browser.open(app.url, app.queueView("default", "done"));
  await page.getByRole("button", { name: "Select all that match" }).click();
  await page.getByRole("button", { name: "Push again" }).click();
  const dialog = page.getByRole("dialog", { name: "Push again: 0 tasks?" });
  await dialog.getByText("2 tasks will be skipped: headers: X-CloudTask-Secret: the history keeps ***").waitFor();
  await dialog.getByRole("button", { name: "Push again" }).click();
  await page.getByText("Pushed 0 tasks again, 2 skipped").waitFor();
  await page.getByText("2 skipped: headers: X-CloudTask-Secret: the history keeps *** instead of a secret").waitFor();
  expect(shop.charged.toSorted()).toEqual([1, 2]);
});
