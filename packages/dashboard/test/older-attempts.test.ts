import { ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { startApp } from "./support/start-app.ts";
import { useBrowser } from "./support/use-browser.ts";

const browser = useBrowser();

test("older attempts of a task are read page by page, and none is lost while others finish", async () => {
  const retry = { maxAttempts: 300, minBackoff: "1s", maxBackoff: "1s" } as const;
  const { emulator, client, url } = await startApp({
    clock: new ManualClock("2030-01-01T12:00:00Z"),
    queues: { default: { retry } },
  });
  emulator.faults.add({ on: "delivery", status: 503, times: "always" });
  const { name } = await client
    .task("work", async () => {})()
    .push();
  await emulator.advance("230s");
  const count = emulator.attempts().length;
  expect(count).toBeGreaterThan(220);

  const page = await browser.open(url, `tasks/${encodeURIComponent(name)}`);
  const attempts = page.locator("details");
  const older = page.getByRole("button", { name: "Older attempts" });
  await page.getByText("The newest 100 attempts are shown.").waitFor();
  await expect.poll(() => attempts.count()).toBe(100);
  await older.click();
  await page.getByText("The newest 200 attempts are shown.").waitFor();
  await emulator.advance("3s");
  const added = emulator.attempts().length - count;
  expect(added).toBeGreaterThan(0);
  await expect.poll(() => attempts.count()).toBe(200 + added);
  await older.click();
  await expect.poll(() => attempts.count()).toBe(count + added);
  expect(await older.count()).toBe(0);
  const numbers = await page.locator("summary strong").allTextContents();
  expect(numbers).toEqual(Array.from({ length: count + added }, (_, n) => `Attempt ${count + added - n}`));
});
