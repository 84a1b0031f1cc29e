import { expect, test } from "vitest";
import { pageEvents } from "../src/state/page-events.ts";
import { createTasks } from "./support/create-tasks.ts";
import { startApp } from "./support/start-app.ts";
import { useBrowser } from "./support/use-browser.ts";

const browser = useBrowser();

/** More events than the emulator keeps for a page, which asks for 1,000 a second. */
const FLOOD = 4_000;

const QUEUE = "projects/p/locations/l/queues/q";
const ALL = "attempt,task,queue,stats,clock,job";
const STATE = "stats,clock,job";

test.each([
  [[], { types: "attempt,stats,clock,job", outcome: "failed,discarded" }],
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
  const app = await startApp({ queues: { default: { paused: true } } });
  const greet = app.client.task("greet", () => undefined);
  await greet().push();
  const page = await browser.open(app.url, "tasks?definition=greet");
  const rows = page.getByRole("table", { name: "Tasks" }).locator("tbody tr");
  await expect.poll(() => rows.count()).toBe(1);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Faults" }).click();
  await page.getByRole("heading", { name: "Faults" }).waitFor();
  await createTasks(app, FLOOD);
  await greet().push();
  await page.goBack();
  await expect.poll(() => rows.count()).toBe(2);
}, 60_000);
