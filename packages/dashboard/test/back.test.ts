import { expect, test } from "vitest";
import { createTasks } from "./support/create-tasks.ts";
import { startApp } from "./support/start-app.ts";
import { useBrowser } from "./support/use-browser.ts";

const browser = useBrowser();

test("back shows a list as it was left: its rows, its place, its filters, and the row with the focus", async () => {
  const app = await startApp({ queues: { default: { paused: true } } });
  await createTasks(app, 900);
  const page = await browser.open(app.url, "tasks?sort=create");
  const list = page.getByRole("region", { name: "Tasks" });
  await page.getByText("200 tasks loaded").waitFor();
  await list.evaluate((element) => element.scrollTo(0, 36 * 199));
  await page.getByText("400 tasks loaded").waitFor();
  await list.evaluate((element) => element.scrollTo(0, 36 * 300));
  const row = page.getByRole("link", { name: "task t-310", exact: true });
  await row.click();
  await page.getByRole("heading", { name: "Task due" }).waitFor();
  await page.goBack();
  await row.waitFor();
  expect(await list.evaluate((element) => element.scrollTop)).toBe(36 * 300);
  expect(await page.getByText("400 tasks loaded").count()).toBe(1);

  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Task due" }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Tasks" }).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("task t-2");
});

test("a new list starts at its top, and does not have the place of another", async () => {
  const app = await startApp({ queues: { default: { paused: true } } });
  await createTasks(app, 150);
  const page = await browser.open(app.url, "tasks");
  const list = page.getByRole("region", { name: "Tasks" });
  await list.waitFor();
  await list.evaluate((element) => element.scrollTo(0, 1_000));
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Overview" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Tasks" }).click();
  await list.waitFor();
  expect(await list.evaluate((element) => element.scrollTop)).toBe(0);
});
