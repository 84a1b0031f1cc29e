import { expect, test } from "vitest";
import { createTasks } from "./support/create-tasks.ts";
import { startApp } from "./support/start-app.ts";
import { useBrowser } from "./support/use-browser.ts";

const browser = useBrowser();

/** They are created in less than a second, which is more than a page receives one by one. */
const FLOOD = 4_000;

test("after a flood of events the rows stay under the pointer, and are read again when it leaves", async () => {
  const app = await startApp({ queues: { default: { paused: true } } });
  const greet = app.client.task("greet", () => undefined);
  await greet().push();
  const page = await browser.open(app.url, "tasks");
  const link = page.getByRole("region", { name: "Tasks" }).getByRole("link").first();
  await link.hover();
  await createTasks(app, FLOOD);
  await page.getByText("Outdated, because too much changes at once").waitFor();
  expect(await link.textContent()).toContain("greet");

  await page.mouse.move(0, 0);
  await expect.poll(() => link.textContent()).toContain("task t-");
  expect(await page.getByText("Outdated").count()).toBe(0);
}, 60_000);
