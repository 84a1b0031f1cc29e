import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { useCloudShop } from "./support/cloud-shop.ts";
import { misplaced } from "./support/misplaced.ts";
import { useBrowser } from "./support/use-browser.ts";
import { violations } from "./support/violations.ts";

const browser = useBrowser();
const shop = useCloudShop();

const main = (page: Page) => page.getByRole("main");
const button = (page: Page, name: string) => main(page).getByRole("button", { name, exact: true });
const confirm = (page: Page, name: string) =>
  page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
const taskView = (name: string): string => `tasks/${encodeURIComponent(name)}`;

/** The buttons of a page, without those that only read. */
async function changeButtons(page: Page): Promise<readonly string[]> {
  const names = await main(page).getByRole("button").allTextContents();
  return names.filter((name) => !/^(?:Copy|Reload|Show everything|Search further)/.test(name));
}

test("the read-only pages name their place, show unknown values as unknown, and offer no change", async () => {
  const name = await shop.push(1);
  await shop.push(11);
  await shop.push(2, { delay: "1h" });
  await shop.cloud.idle();
  const page = await browser.open(shop.reader.url);
  await page.getByText("Google Cloud · shop-production · europe-west1 · read-only").waitFor();
  await page.getByText(/^As of \d\d:\d\d:\d\d$/).waitFor();
  const row = page.getByRole("row", { name: "payments" });
  const cells = await row.getByRole("cell").allTextContents();
  expect(cells).toEqual([
    "running",
    "2",
    "–",
    expect.stringMatching(/ of 500\/s$/),
    "0 of 1,000",
    "unknown",
    "unknown",
  ]);
  await page.getByText("Unknown: Cloud Tasks keeps no finished attempts").waitFor();
  const links = await page.getByRole("navigation", { name: "Pages" }).getByRole("link").allTextContents();
  expect(links).toEqual(["Overview", "Tasks", "Dead letters"]);
  expect(await changeButtons(page)).toEqual([]);

  await page.goto(`${shop.reader.url}/#/${shop.queueView("payments", "retrying")}`);
  await page.getByText("How many tasks are in each state is unknown").waitFor();
  await page.getByText("1 task loaded").waitFor();
  expect(await page.getByRole("navigation", { name: "Tasks by state" }).getByRole("link").allTextContents()).toEqual([
    "Waiting ",
    "Running ",
    "Retrying ",
    "Dead letters ",
  ]);
  expect([await changeButtons(page), await page.getByRole("checkbox").count()]).toEqual([[], 0]);

  await page.getByRole("link", { name: "charge-card" }).click();
  await page.getByRole("heading", { name: "charge-card retrying" }).waitFor();
  await page.getByText("INTERNAL(13): HTTP status code 500").waitFor();
  await page.getByText('"orderId":').waitFor();
  expect(await changeButtons(page)).toEqual([]);
  expect(page.url()).toContain(taskView(name));

  await page.getByRole("link", { name: "Dead letters" }).click();
  await page.getByText("the card was declined").waitFor();
  expect([await changeButtons(page), await page.getByRole("checkbox").count()]).toEqual([[], 0]);
  for (const view of ["faults", "schedule", "definitions"]) {
    await page.goto(`${shop.reader.url}/#/${view}`);
    await page.getByText("Not available on Google Cloud: ").waitFor();
  }
});

test("a task with more than two attempts states how many are unknown", async () => {
  const name = await shop.push(1);
  for (let n = 0; n < 3; n += 1) {
    await shop.cloud.idle();
    await fetch(`${shop.cloud.url}/v2/${name}:run`, { method: "POST" });
  }
  await shop.cloud.idle();
  const page = await browser.open(shop.reader.url, taskView(name));
  await page.getByText("4, of which 4 failed").waitFor();
  await page.getByText("Unknown: the 2 other attempts. Cloud Tasks keeps only the first and the last one.").waitFor();
});

test("with --allow-writes, a task is found by its payload, run, edited, pushed again and deleted", async () => {
  for (const orderId of [1, 2, 3]) await shop.push(orderId);
  await shop.cloud.idle();
  const page = await browser.open(shop.writer.url, "", { allowErrors: true });
  await page.getByText("Google Cloud · shop-production · europe-west1 · changes allowed").waitFor();
  await page.getByRole("searchbox", { name: "Search all tasks" }).fill('"orderId":2');
  await page.keyboard.press("Enter");
  await page.getByText("1 task loaded").waitFor();
  await page.getByRole("link", { name: "charge-card" }).click();
  shop.isBroken = false;
  await button(page, "Run now").click();
  await expect.poll(() => shop.charged).toEqual([2]);
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByText("This task no longer exists: it has finished or was deleted.").waitFor();

  await page.goto(`${shop.writer.url}/#/tasks?text=${encodeURIComponent('"orderId":3')}`);
  await page.getByRole("link", { name: "charge-card" }).click();
  await button(page, "Edit and push again").click();
  const body = page.getByRole("dialog").getByRole("textbox", { name: "Body" });
  await body.fill((await body.inputValue()).replace("3", "33"));
  const edited = page.url();
  await confirm(page, "Push");
  await expect.poll(() => shop.charged).toEqual([2, 33]);
  // The page of the new task.
  await page.waitForURL((url) => url.href !== edited);

  await page.goto(`${shop.writer.url}/#/${shop.queueView("payments", "retrying")}`);
  await page.getByText("1 task loaded").waitFor();
  await page.getByRole("link", { name: "charge-card" }).click();
  await button(page, "Delete").click();
  await confirm(page, "Delete");
  await page.getByRole("heading", { name: "payments running" }).waitFor();
  await page.getByText("This queue has no such tasks.").waitFor();
});

test("with --allow-writes, selected dead letters are redriven, then all, and a queue is paused and edited", async () => {
  const [original = ""] = [await shop.push(11), await shop.push(12), await shop.push(13)];
  await shop.cloud.idle();
  const found = await fetch(`${shop.writer.url}/inspect/dead-letters?text=${original.split("/").at(-1)}`);
  expect(await found.json()).toMatchObject({ deadLetters: [{ request: { preview: expect.stringContaining("11") } }] });
  shop.isBroken = false;
  const page = await browser.open(shop.writer.url, "dead-letters");
  const rows = page.getByRole("table", { name: "Dead letters" }).locator("tbody tr");
  await expect.poll(() => rows.count()).toBe(3);
  await rows.filter({ hasText: '"orderId":12' }).getByRole("checkbox").check();
  await button(page, "Redrive").first().click();
  await confirm(page, "Redrive");
  await page.getByText("Redrove 1 task").waitFor();
  await expect.poll(() => shop.charged).toEqual([12]);
  await expect.poll(() => rows.count()).toBe(2);
  await button(page, "Select all that match").click();
  await button(page, "Redrive").first().click();
  await confirm(page, "Redrive");
  await page.getByText("Redrove 2 tasks").waitFor();
  const jobs = await fetch(`${shop.writer.url}/control/jobs`);
  expect(await jobs.json()).toMatchObject({ jobs: [{ done: 2 }, { done: 1 }] });
  await page.getByText("No dead letters.").waitFor();
  await expect.poll(() => [...shop.charged].sort()).toEqual([11, 12, 13]);

  await page.goto(`${shop.writer.url}/#/${shop.queueView("payments", "waiting")}`);
  await button(page, "Pause").click();
  await page.getByRole("heading", { name: "payments paused" }).waitFor();
  await button(page, "Edit").click();
  await page.getByLabel("Dispatches per second").fill("7");
  await button(page, "Save").click();
  await page.getByText("7/s, 1,000 at the same time").waitFor();
  await button(page, "Resume").click();
  await page.getByRole("heading", { name: "payments running" }).waitFor();
});

test("the pages read again every 10 seconds, or when the user asks for it", async () => {
  const page = await browser.newPage({ timezoneId: "UTC" });
  await page.clock.install({ time: new Date("2030-01-01T12:00:00Z") });
  await page.goto(shop.reader.url);
  const tasks = page.getByRole("row", { name: "reports" }).getByRole("cell").nth(1);
  await expect.poll(() => tasks.textContent()).toBe("0");
  // From here on, time passes only by the test. The page reads again after this minute.
  await page.clock.pauseAt(new Date("2030-01-01T12:01:00Z"));
  const read = page.getByText("As of 12:01:00", { exact: true });
  await read.waitFor();
  await shop.push(1, { queue: "reports" });
  await page.clock.runFor(9_000);
  expect([await read.count(), await tasks.textContent()]).toEqual([1, "0"]);
  await page.clock.runFor(1_500);
  await expect.poll(() => tasks.textContent()).toBe("1");
  await page.getByRole("button", { name: "Pause" }).click();
  await shop.push(2, { queue: "reports" });
  await page.clock.fastForward(60_000);
  expect(await tasks.textContent()).toBe("1");
  await page.getByRole("button", { name: "Refresh" }).click();
  await expect.poll(() => tasks.textContent()).toBe("2");
});

test("a denied permission is shown as an error that names the role, never as an empty list", async () => {
  await shop.push(1, { queue: "reports" });
  for (const on of ["ListQueues", "ListTasks"] as const) {
    shop.cloud.faults.add({ on, status: "PERMISSION_DENIED", times: "always" });
  }
  const page = await browser.open(shop.reader.url, "tasks", { allowErrors: true });
  await expect.poll(() => page.getByText("The caller requires roles/cloudtasks.viewer").count()).toBe(2);
  expect(await page.getByText("There are no tasks.").count()).toBe(0);
  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByText("Unknown: the queues could not be read.").waitFor();
  // Access to one queue does not include the list of all queues.
  await page.goto(`${shop.reader.url}/#/${shop.queueView("reports", "waiting")}`);
  await page.getByRole("heading", { name: "reports paused" }).waitFor();
  await page.getByText("About 1 task.").waitFor();
  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByText("Unknown: the queues could not be read.").waitFor();
  await button(page, "Try again").waitFor();
  shop.cloud.faults.clear();
  // The page may also read again by itself meanwhile.
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByRole("row", { name: "reports" }).waitFor();
  expect(await page.getByRole("alert").count()).toBe(0);
});

test("a page of another origin can neither read nor change anything, also under a rebound name", async () => {
  await shop.push(1, { queue: "reports" });
  const page = await browser.newPage();
  const { port } = new URL(shop.writer.url);
  const [purge, read] = [`/v2/${shop.queue("reports")}:purge`, "/control/session"];
  // This page is a rejection, whose scripts belong to the other origin.
  expect((await page.goto(`http://evil.example:${port}/`))?.status()).toBe(403);
  const ask = (base: string) =>
    page.evaluate(
      ([address, change, session]) =>
        Promise.all(
          [fetch(`${address}${change}`, { method: "POST", body: "{}" }), fetch(`${address}${session}`)].map((answer) =>
            answer.then(
              ({ status }) => status,
              () => "failed",
            ),
          ),
        ),
      [base, purge, read] as const,
    );
  expect(await ask("")).toEqual([403, 403]);
  expect(await ask(shop.writer.url)).toEqual(["failed", "failed"]);
  const queues = await (await fetch(`${shop.writer.url}/inspect/queues/${shop.queue("reports")}`)).json();
  expect(queues).toMatchObject({ tasks: 1 });
});

test("axe finds nothing on the pages, light and dark, wide and at 375 px, and nothing is outside of the screen", async () => {
  const failing = await shop.push(1);
  await shop.push(11);
  await shop.push(2, { delay: "1h" });
  await shop.cloud.idle();
  const views = ["", "tasks", "dead-letters", shop.queueView("payments", "retrying"), taskView(failing), "faults"];
  const narrow = { viewport: { width: 375, height: 800 } };
  for (const [{ url }, options] of [
    [shop.writer, { colorScheme: "light" }],
    [shop.reader, { colorScheme: "dark", ...narrow }],
  ] as const) {
    const page = await browser.open(url, "", options);
    for (const view of views) {
      await page.goto(`${url}/#/${view}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await expect.poll(() => page.getByText("Loading …").count()).toBe(0);
      expect([view, ...(await violations(page)), ...(await misplaced(page))]).toEqual([view]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    }
  }
}, 60_000);
