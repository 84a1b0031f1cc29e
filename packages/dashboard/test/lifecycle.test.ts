import { NonRetriableError } from "cloudtask";
import { expect, test } from "vitest";
import { startApp } from "./support/start-app.ts";
import { useBrowser } from "./support/use-browser.ts";

const browser = useBrowser();

test("a task fails, waits, is retried and succeeds, while its page is open", async () => {
  const app = await startApp({ queues: { default: { retry: { minBackoff: "60s" } } } });
  let isBroken = true;
  const charge = app.client.task("charge-card", async (_: { orderId: number }) => {
    if (isBroken) throw new Error("card declined by the bank");
  });
  const page = await browser.open(app.url);
  await charge({ orderId: 7 }).push();
  const failed = page.getByRole("region", { name: "Failed attempts" }).getByRole("link", { name: "Last task" });
  await failed.click();
  await page.getByRole("heading", { name: "charge-card retrying" }).waitFor();
  await page.getByText("waits for the backoff after its last failure").waitFor();
  await page.getByText("card declined by the bank").first().waitFor();
  const steps = page.getByRole("list", { name: "Attempts and waits" }).getByRole("listitem");
  await steps.filter({ hasText: /^Attempt 1 at .*: 500 after/ }).waitFor();
  await steps
    .last()
    .filter({ hasText: /^Waits .* for the backoff/ })
    .waitFor();

  isBroken = false;
  await page.getByRole("button", { name: "Run now" }).click();
  await page.getByRole("heading", { name: "charge-card succeeded" }).waitFor();
  await page.getByText("Attempt 2", { exact: true }).waitFor();
  expect(await page.getByRole("button", { name: "Run now" }).count()).toBe(0);
});

test("the rows of a list show what happens to their tasks, and stay in place", async () => {
  const app = await startApp({ queues: { default: { rate: 5, paused: true } } });
  const release: (() => void)[] = [];
  const work = app.client.task("work", ({ n }: { n: number }) => {
    if (n === 2) throw new NonRetriableError("no such order");
    return new Promise<void>((resolve) => release.push(resolve));
  });
  for (const n of [1, 2]) await work({ n }).push({ name: `work-${n}` });
  const page = await browser.open(app.url, "tasks");
  const rows = page.getByRole("table", { name: "Tasks" }).locator("tbody tr");
  const states = (): Promise<string[]> => rows.locator("td:nth-child(2)").allTextContents();
  await expect.poll(states).toEqual(["due", "due"]);
  await fetch(`${app.url}/v2/${app.queue("default")}:resume`, { method: "POST" });
  await expect.poll(states).toEqual(["discarded", "running"]);
  for (const finish of release) finish();
  await expect.poll(states).toEqual(["discarded", "succeeded"]);

  await work({ n: 3 }).push({ name: "work-3" });
  await page.getByRole("button", { name: "1 new, show" }).click();
  await expect.poll(states).toEqual(["running", "discarded", "succeeded"]);
  await page.getByLabel("Time", { exact: true }).selectOption("the last 5 minutes");
  await page
    .getByRole("listitem")
    .filter({ hasText: /^from: \d\d:\d\d:\d\d/ })
    .waitFor();
  await expect.poll(states).toEqual(["running", "discarded", "succeeded"]);
  await page.goto(`${app.url}/#/tasks?to=2020-01-01T00:00:00Z`);
  await page.getByText("No task matches the filters.").waitFor();
  for (const finish of release) finish();
});
