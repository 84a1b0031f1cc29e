import { expect, test } from "vitest";
import { startEventLoad } from "./support/event-load.ts";
import { startApp } from "./support/start-app.ts";
import { useBrowser } from "./support/use-browser.ts";

const browser = useBrowser();

/** More than the page receives one by one, so it reads its lists again. */
const EVENTS_PER_SECOND = 3_000;

test("during a flood of events the rows stay under the pointer, and are read again when it leaves", async () => {
  const app = await startApp({ queues: { busy: null } });
  const load = startEventLoad(app, EVENTS_PER_SECOND);
  await expect.poll(load.count).toBeGreaterThan(EVENTS_PER_SECOND);
  const page = await browser.open(app.url, "tasks");
  const list = page.getByRole("region", { name: "Tasks" });
  const firstTask = (): Promise<string | null> => list.getByRole("link").first().getAttribute("href");
  await list.getByRole("link").first().hover();
  await page.getByText("Outdated, because too much changes at once").waitFor();
  const before = await firstTask();
  const count = load.count();
  await expect.poll(load.count).toBeGreaterThan(count + 4 * EVENTS_PER_SECOND);
  expect(await firstTask()).toBe(before);

  await page.mouse.move(0, 0);
  await expect.poll(firstTask).not.toBe(before);
  expect(await page.getByText("Outdated").count()).toBe(0);
});
