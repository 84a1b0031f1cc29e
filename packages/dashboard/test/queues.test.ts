import { expect, test } from "vitest";
import { createTasks } from "./support/create-tasks.ts";
import { startApp } from "./support/start-app.ts";
import { useBrowser } from "./support/use-browser.ts";

const browser = useBrowser();

test("a paused queue keeps its tasks until it is resumed", async () => {
  const app = await startApp();
  const mail = app.client.task("send-mail", async (_: { to: string }) => {});
  const page = await browser.open(app.url, app.queueView("default"));
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByRole("heading", { name: "default paused" }).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Resume");
  await mail({ to: "a@b.c" }).push();
  await page.getByText("default is paused. 1 task is due.").waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("heading", { name: "default running" }).waitFor();
  await page.getByRole("link", { name: "Finished 1" }).waitFor();
});

test("a purge names the tasks that are lost, does nothing if it is cancelled, and then deletes them", async () => {
  const app = await startApp({ queues: { default: { paused: true } } });
  const mail = app.client.task("send-mail", (_: { n: number }) => new Promise<void>(() => {}));
  const names: string[] = [];
  for (let n = 1; n <= 12; n++) names.push((await mail({ n }).push()).name);
  const page = await browser.open(app.url, app.queueView("default"));
  await page.getByText("12 tasks loaded").waitFor();
  for (const name of names.slice(0, 3)) await fetch(`${app.url}/v2/${name}:run`, { method: "POST" });
  await page.getByRole("link", { name: "Running 3" }).waitFor();
  await page.getByRole("button", { name: "Purge" }).click();
  const dialog = page.getByRole("dialog", { name: "Purge default?" });
  expect(await dialog.textContent()).toContain("12 tasks, 3 in flight");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("link", { name: "Waiting 9" }).waitFor();
  await page.getByRole("button", { name: "Purge" }).click();
  await dialog.getByRole("button", { name: "Purge" }).click();
  await page.getByRole("link", { name: "Waiting 0" }).waitFor();
  await expect.poll(() => page.getByRole("table").getByText("deleted").count()).toBe(12);
});

test("limits are edited in place, and an invalid number is explained", async () => {
  const app = await startApp();
  const page = await browser.open(app.url, app.queueView("default"));
  const limits = page.getByRole("region", { name: "Limits" });
  await limits.getByRole("button", { name: "Edit" }).click();
  await limits.getByLabel("Dispatches per second").fill("fast");
  await limits.getByRole("button", { name: "Save" }).click();
  expect(await limits.getByRole("alert").textContent()).toContain("Dispatches per second: expected a number");
  await limits.getByLabel("Dispatches per second").fill("7.5");
  await limits.getByLabel("Longest backoff (s)").fill("90");
  await limits.getByRole("button", { name: "Save" }).click();
  await limits.getByText("7.5/s, 1,000 at the same time, 100 attempts, backoff 100 ms to 1 min 30 s").waitFor();
});

test("a queue is deleted after a confirmation, and the page of a missing queue says so", async () => {
  const app = await startApp({ queues: ["default", "old"] });
  const page = await browser.open(app.url, app.queueView("old"));
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await expect.poll(() => page.getByRole("link", { name: "old", exact: true }).count()).toBe(0);
  await page.goBack();
  await page.getByRole("heading", { name: "No such queue" }).waitFor();
});

test("a paused page does not change, still shows what the user does, and catches up when it is resumed", async () => {
  const app = await startApp({ queues: { default: { paused: true } } });
  const mail = app.client.task("send-mail", async (_: { n: number }) => {});
  await mail({ n: 1 }).push();
  const page = await browser.open(app.url, app.queueView("default"));
  await page.getByRole("link", { name: "Waiting 1" }).waitFor();
  const top = page.getByRole("banner");
  await top.getByRole("button", { name: "Pause" }).click();
  await top.getByText("Paused").waitFor();
  await mail({ n: 2 }).push();
  const before = await page.getByRole("main").textContent();
  const other = await browser.open(app.url, app.queueView("default"));
  await other.getByRole("link", { name: "Waiting 2" }).waitFor();
  expect(await page.getByRole("main").textContent()).toBe(before);
  await page.getByRole("main").getByRole("button", { name: "Resume" }).click();
  await page.getByRole("heading", { name: "default running" }).waitFor();
  await top.getByRole("button", { name: "Resume" }).click();
  await top.getByText("Live").waitFor();
  await page.getByRole("link", { name: "Finished 2" }).waitFor();
});

test("the end of a job is shown if its event arrives before the answer to the request that started it", async () => {
  const app = await startApp({ queues: { default: { paused: true } } });
  await createTasks(app, 3);
  const page = await browser.open(app.url, app.queueView("default"));
  await page.route("**/control/jobs", async (route) => {
    const answer = await route.fetch();
    if (route.request().method() === "GET") return route.fulfill({ response: answer });
    await page.getByRole("link", { name: "Waiting 0" }).waitFor();
    await page.waitForTimeout(200);
    await route.fulfill({ response: answer });
  });
  await page.getByRole("button", { name: "Select all that match" }).click();
  const selection = page.locator(".row", { has: page.locator("> strong", { hasText: "Selected: " }) });
  await selection.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("Deleted 3 tasks").waitFor();
  await page.getByText("This queue has no such tasks.").waitFor();
});

test("a running job is found when the page is loaded again, and is stopped", async () => {
  const app = await startApp({ queues: { default: { paused: true, concurrency: 1 } } });
  const hang = app.client.task("hang", (_: { n: number }) => new Promise<void>(() => {}));
  for (let n = 1; n <= 3; n++) await hang({ n }).push();
  const page = await browser.open(app.url, "tasks?definition=hang&sort=create");
  await page.getByRole("button", { name: "Select all that match" }).click();
  await page.getByRole("button", { name: "Run now" }).click();
  const dialog = page.getByRole("dialog", { name: "Run now: 3 tasks?" });
  await dialog.getByText("This applies to all tasks of all queues with definition: hang.").waitFor();
  await dialog.getByRole("button", { name: "Run now" }).click();
  await page.getByText("Starting tasks: 1 done").waitFor();
  await page.reload();
  await page.getByText("Starting tasks: 1 done").waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("Started 1 task, then stopped").waitFor();
  // The chip names the order as the list of orders does. If it is removed, the focus stays near.
  await page.getByRole("listitem").filter({ hasText: "oldest first" }).getByRole("button").click();
  await expect.poll(() => page.evaluate(() => document.activeElement?.closest("main") !== null)).toBe(true);
});
