import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { pageEvents } from "../src/state/page-events.ts";
import { startApp } from "./support/start-app.ts";
import { useBrowser } from "./support/use-browser.ts";

const browser = useBrowser();

/** A reset deletes and creates them at once. Those are more events than the emulator keeps for a page. */
const QUEUES = 300;

const QUEUE = "projects/p/locations/l/queues/q";
const ALL = "attempt,task,queue,stats,clock,job";
const STATE = "stats,clock,job";

test.each([
  [[], { types: STATE }],
  [["tasks"], { types: ALL }],
  [["tasks", `${QUEUE}/tasks/t`], { types: ALL, task: `${QUEUE}/tasks/t` }],
  [["queues", QUEUE, "done"], { types: ALL, queue: QUEUE }],
  [["definitions"], { types: STATE }],
  [["schedule"], { types: STATE }],
  [["dead-letters"], { types: STATE }],
  [["faults"], { types: STATE }],
])("the page %j requests the events that it uses, and no others", (path, expected) => {
  expect(pageEvents({ path })).toEqual(expected);
});

test("back shows the changes that a list missed while another page was open, and announces the new tasks", async () => {
  const app = await startApp({ queues: { default: { paused: true } } });
  const greet = app.client.task("greet", () => undefined);
  await greet().push({ name: "first" });
  const page = await browser.open(app.url, "tasks");
  const rows = page.getByRole("table", { name: "Tasks" }).locator("tbody tr");
  const states = (): Promise<string[]> => rows.locator("td:nth-child(2)").allTextContents();
  await expect.poll(states).toEqual(["due"]);
  const reads: string[] = [];
  page.on("request", (request) => reads.push(new URL(request.url()).pathname));

  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Overview" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await fetch(`${app.url}/v2/${app.queue("default")}:resume`, { method: "POST" });
  await app.emulator.idle();
  await fetch(`${app.url}/v2/${app.queue("default")}:pause`, { method: "POST" });
  await greet().push({ name: "second" });
  await page.getByRole("cell", { name: "paused" }).waitFor();

  await page.goBack();
  await expect.poll(states).toEqual(["succeeded"]);
  await page.getByRole("button", { name: "1 new, show" }).waitFor();
  expect(reads).not.toContain("/inspect/tasks");
});

test("back reads a list again if more changed than the emulator keeps", async () => {
  const others = Array.from({ length: QUEUES }, (_, index) => [`queue-${index}`, null] as const);
  const app = await startApp({ queues: { default: { paused: true }, ...Object.fromEntries(others) } });
  const greet = app.client.task("greet", () => undefined);
  await greet().push();
  const page = await browser.open(app.url, "tasks");
  const rows = page.getByRole("table", { name: "Tasks" }).locator("tbody tr");
  const states = (): Promise<string[]> => rows.locator("td:nth-child(2)").allTextContents();
  await expect.poll(states).toEqual(["due"]);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Faults" }).click();
  await page.getByRole("heading", { name: "Faults" }).waitFor();
  await app.emulator.reset();
  await greet().push({ delay: "1h" });
  await page.goBack();
  await expect.poll(states).toEqual(["scheduled"]);
});

test("a hidden tab receives nothing after 30 seconds, and catches up when it is seen again", async () => {
  const app = await startApp();
  const greet = app.client.task("greet", () => undefined);
  const page = await browser.newPage();
  await page.clock.install();
  await page.goto(`${app.url}/#/tasks`);
  await page.getByRole("banner").getByText("Live").waitFor();
  await page.getByText("There are no tasks.").waitFor();
  const closed = page.waitForEvent("requestfailed", (request) => request.url().includes("/inspect/events"));
  await show(page, false);
  await page.clock.fastForward(31_000);
  await closed;
  await greet().push();
  await app.emulator.idle();
  expect(await page.getByRole("button", { name: "Reload" }).count()).toBe(1);

  await show(page, true);
  await page.getByRole("button", { name: "1 new, show" }).waitFor();
  await page.getByRole("banner").getByText("Live").waitFor();
});

/** Makes the page believe that its tab is shown or hidden. A browser without a window never hides one. */
async function show(page: Page, isShown: boolean): Promise<void> {
  await page.evaluate((isHidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, !isShown);
}
