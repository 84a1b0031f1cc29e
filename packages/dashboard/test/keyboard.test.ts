import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { startApp } from "./support/start-app.ts";
import { useBrowser } from "./support/use-browser.ts";

const browser = useBrowser();

const hasFocus = (page: Page, selector: string): Promise<boolean> =>
  page.evaluate((within) => document.activeElement?.closest(within) !== null, selector);
const focusedText = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? "");

/** Moves the focus until the element with this text has it. */
async function tabTo(page: Page, text: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if ((await focusedText(page)).trim() === text) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`“${text}” cannot be reached with the key Tab`);
}

test("a failing task is found, edited and pushed again by keyboard alone", async () => {
  const app = await startApp({ queues: { default: { paused: true } } });
  const received: unknown[] = [];
  const mail = app.client.task("send-mail", async (message: { to: string }) => {
    received.push(message);
  });
  for (const to of ["ada@example.com", "wrong-address", "bob@example.com"]) await mail({ to }).push();
  const page = await browser.open(app.url);
  const { keyboard } = page;
  await page.getByRole("heading", { name: "Overview" }).waitFor();

  await keyboard.press("/");
  await keyboard.type("wrong-address");
  await keyboard.press("Enter");
  await page.getByRole("heading", { name: "Tasks" }).waitFor();
  await expect.poll(() => page.locator("tbody tr").count()).toBe(1);
  await keyboard.press("j");
  await keyboard.press("Enter");
  await page.getByRole("heading", { name: "send-mail due" }).waitFor();
  await tabTo(page, "Edit and push again");
  await keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("textbox", { name: "Body" }).focus();
  await keyboard.press("ControlOrMeta+a");
  await keyboard.type('{"task":"send-mail","payload":{"to":"eve@example.com"}}');
  await tabTo(page, "Push");
  await keyboard.press("Enter");
  await page.getByText("eve@example.com").first().waitFor();
  await tabTo(page, "Run now");
  await keyboard.press("Enter");
  await page.getByRole("heading", { name: "send-mail succeeded" }).waitFor();
  // The button no longer exists.
  expect(await hasFocus(page, "main")).toBe(true);
  expect(received).toEqual([{ to: "eve@example.com" }]);
});

test("j and k move between rows, x selects, and the selected tasks are deleted", async () => {
  const app = await startApp({ queues: { default: { paused: true } } });
  const count = app.client.task("count", async (_: { n: number }) => {});
  for (let n = 1; n <= 4; n++) await count({ n }).push();
  const page = await browser.open(app.url, "tasks?sort=create");
  const { keyboard } = page;
  await expect.poll(() => page.locator("tbody tr").count()).toBe(4);
  for (const key of ["j", "j", "x", "j", "x", "k", "k", "k"]) await keyboard.press(key);
  await page.getByText("Selected: 2 tasks").waitFor();
  const focusedRow = page.locator("tbody tr:focus-within");
  expect(await focusedRow.textContent()).toContain('"n":1');
  await tabTo(page, "Delete");
  await keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await keyboard.press("Escape");
  // A closed dialog is hidden before it is removed.
  await expect.poll(() => page.locator("dialog").count()).toBe(0);
  expect(await focusedText(page)).toBe("Delete");
  await keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await keyboard.press("Enter");
  await page.getByText("Deleted 2 tasks").waitFor();
  expect(await hasFocus(page, "main")).toBe(true);
  await expect
    .poll(() => page.locator("tbody tr").allTextContents())
    .toEqual([expect.stringContaining('"n":1'), expect.stringContaining('"n":4')]);
});

test("the focus is on the next row before another key can be pressed", async () => {
  const app = await startApp({ queues: { default: { paused: true } } });
  const count = app.client.task("count", async (_: { n: number }) => {});
  for (let n = 1; n <= 3; n++) await count({ n }).push();
  const page = await browser.open(app.url, "tasks?sort=create");
  await expect.poll(() => page.locator("tbody tr").count()).toBe(3);
  const focused = await page.evaluate(async () => {
    const rows: unknown[] = [];
    for (const key of ["j", "j", "j", "k"]) {
      document.dispatchEvent(new KeyboardEvent("keydown", { key }));
      // The page is rendered in a microtask. Neither a frame nor another event can come before it.
      for (let turn = 0; turn < 10; turn += 1) await null;
      rows.push(document.activeElement?.closest("tr")?.textContent.match(/"n":(\d)/)?.[1]);
    }
    return rows;
  });
  expect(focused).toEqual(["1", "2", "3", "2"]);
});

test("g and a letter opens a page, and ? lists the keys", async () => {
  const app = await startApp();
  const page = await browser.open(app.url);
  const { keyboard } = page;
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  const pages = [
    ["t", "Tasks"],
    ["d", "Definitions"],
    ["s", "Schedule"],
    ["l", "Dead letters"],
    ["f", "Faults"],
    ["q", "Overview"],
  ] as const;
  for (const [key, title] of pages) {
    await keyboard.press("g");
    await keyboard.press(key);
    await page.getByRole("heading", { name: title, exact: true }).waitFor();
    expect(await page.title()).toBe(`${title} · cloudtask`);
  }
  await keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard" });
  await help.waitFor();
  for (const [key, title] of pages) expect(await help.textContent()).toContain(`g ${key}${title}`);
  await keyboard.press("Escape");
  await expect.poll(() => help.count()).toBe(0);
});

test("the keys of shortcuts are text in a search field, and Escape leaves it", async () => {
  const app = await startApp();
  const page = await browser.open(app.url, "tasks");
  await page.getByRole("heading", { name: "Tasks" }).waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("gq?jkx/");
  const search = page.getByRole("searchbox", { name: "Search all tasks" });
  expect(await search.inputValue()).toBe("gq?jkx/");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
});
