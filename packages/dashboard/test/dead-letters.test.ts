import { NonRetriableError } from "cloudtask";
import { expect, test } from "vitest";
import { startApp } from "./support/start-app.ts";
import { useBrowser } from "./support/use-browser.ts";

const browser = useBrowser();

test("one dead letter is redriven, and then all that match", async () => {
  const app = await startApp({ queues: { default: null, dead: { paused: true } } });
  let isBroken = true;
  const done: number[] = [];
  const charge = app.client.task("charge-card", async ({ orderId }: { orderId: number }) => {
    if (isBroken) throw new NonRetriableError("order does not exist");
    done.push(orderId);
  });
  for (let orderId = 1; orderId <= 8; orderId++) await charge({ orderId }).push();
  const other = app.client.task("other", async () => {
    throw new NonRetriableError("never");
  });
  await other().push();
  await app.emulator.idle();
  isBroken = false;

  const page = await browser.open(app.url, "dead-letters");
  const rows = page.getByRole("table", { name: "Dead letters" }).locator("tbody tr");
  await expect.poll(() => rows.count()).toBe(9);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Dead letters 9" }).waitFor();
  for (const key of ["j", "j", "k", "x"]) await page.keyboard.press(key);
  await page.getByText("Selected: 1 task").waitFor();
  expect(await rows.first().locator("a:focus").count()).toBe(1);
  await page.keyboard.press("x");
  await rows.filter({ hasText: '"orderId":3' }).getByRole("checkbox").check();
  await page.getByRole("button", { name: "Redrive", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Redrive", exact: true }).click();
  await page.getByText("Redrove 1 task").waitFor();
  await expect.poll(() => done).toEqual([3]);
  await expect.poll(() => rows.count()).toBe(8);

  await page.getByLabel("Search in names").fill("charge-card");
  await expect.poll(() => rows.count()).toBe(7);
  await page.getByRole("button", { name: "Select all that match" }).click();
  await page.getByRole("button", { name: "Redrive", exact: true }).click();
  await page.getByText("This applies to all dead letters of all queues with contains “charge-card”.").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Redrive", exact: true }).click();
  await page.getByText("Redrove 7 tasks").waitFor();
  await expect.poll(() => done.length).toBe(8);
  await page.getByLabel("Search in names").fill("");
  await expect.poll(() => rows.count()).toBe(1);
  await other().push();
  await page.getByRole("button", { name: "1 new, show" }).click();
  await expect.poll(() => rows.count()).toBe(2);
});

test("dead letters are filtered by reason, and an action never applies to more than the list shows", async () => {
  const app = await startApp({ queues: { default: null, dead: { paused: true } } });
  const fail = app.client.task("charge-card", async () => {
    throw new NonRetriableError("no such order");
  });
  await fail().push();
  await app.emulator.idle();
  const page = await browser.open(app.url, "dead-letters");
  const rows = page.getByRole("table", { name: "Dead letters" }).locator("tbody tr");
  await expect.poll(() => rows.count()).toBe(1);
  // A short list has no empty space below its last row.
  const space = await page.getByRole("region", { name: "Dead letters" }).evaluate((list) => {
    const last = list.querySelector("tbody tr:last-child");
    return list.getBoundingClientRect().bottom - (last?.getBoundingClientRect().bottom ?? 0);
  });
  expect(space).toBeLessThan(3);
  await page.getByRole("link", { name: "charge-card" }).click();
  await page.getByText("This dead letter is kept until you redrive or delete it.").waitFor();
  await page.getByRole("link", { name: /^\d+$/ }).click();
  await page.getByRole("heading", { name: "charge-card discarded" }).waitFor();
  await page.getByText("1, of which 0 failed, and the last one was discarded").waitFor();
  await page.getByRole("link", { name: "Find its dead letter" }).click();
  await expect.poll(() => rows.count()).toBe(1);
  // The dead letter is no payload of its own: a copy would wait in the paused queue.
  await page.goto(`${app.url}/#/definitions`);
  await expect.poll(() => page.getByRole("button", { name: "Push again" }).count()).toBe(1);
  const figure = (title: string): Promise<string | null> =>
    page
      .locator("dl > div", { has: page.getByText(title, { exact: true }) })
      .locator("dd")
      .textContent();
  expect([await figure("Waiting"), await figure("Dead letters")]).toEqual(["0", "1"]);
  await page.goto(`${app.url}/#/${app.queueView("dead")}`);
  await page.getByText("This queue has no such tasks.").waitFor();
  const tabs = page.getByRole("navigation", { name: "Tasks by state" });
  await tabs.getByRole("link", { name: "Waiting 0" }).waitFor();
  await tabs.getByRole("link", { name: "Dead letters 1" }).click();
  await page.getByRole("cell", { name: "dead letter", exact: true }).waitFor();
  await page.goto(`${app.url}/#/dead-letters`);
  await page.getByLabel("Reason").selectOption("non-retriable");
  await expect.poll(() => rows.count()).toBe(1);
  await page.goto(`${app.url}/#/dead-letters?reason=exhausted`);
  await page.getByText("No dead letter matches the filters.").waitFor();
  await page.goto(`${app.url}/#/dead-letters?from=2020-01-01T00:00:00Z`);
  await expect.poll(() => rows.count()).toBe(1);
  await page.getByRole("button", { name: "Select all that match" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog", { name: "Delete: 1 task?" }).getByRole("button", { name: "Cancel" }).click();
  await page.goto(`${app.url}/#/dead-letters?to=2999-01-01T00:00:00Z&from=2020-01-01T00:00:00Z`);
  await page.getByRole("button", { name: "Select all that match" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog", { name: "Delete: 1 task?" }).getByRole("button", { name: "Delete" }).click();
  await page.getByText("Deleted 1 task").waitFor();
});

test("if the home queue no longer exists, a redrive names the dead letter that failed, and an edit chooses no other queue", async () => {
  const app = await startApp({ queues: { default: null, dead: { paused: true } } });
  const fail = app.client.task("charge-card", async () => {
    throw new NonRetriableError("no such order");
  });
  await fail().push();
  await app.emulator.idle();
  await fetch(`${app.url}/v2/${app.queue("default")}`, { method: "DELETE" });
  const page = await browser.open(app.url, "dead-letters", { allowErrors: true });
  await page.getByRole("button", { name: /^Redrive / }).click();
  await page.getByText("Redrove 0 tasks, 1 failure").waitFor();
  await page.getByRole("listitem").filter({ hasText: "Queue does not exist" }).getByRole("link").waitFor();
  await page.getByRole("button", { name: /^Edit / }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("option", { name: "default (not found)", selected: true }).waitFor({ state: "attached" });
  await dialog.getByRole("button", { name: "Push" }).click();
  await dialog.getByRole("alert").getByText("Queue does not exist").waitFor();
});

test("a search that needs several requests finds the dead letters that match", async () => {
  const app = await startApp({ queues: { default: null, dead: { paused: true } } });
  const fail = app.client.task("charge-card", async () => {
    throw new NonRetriableError("no such order");
  });
  await fail().push();
  await app.emulator.idle();
  const page = await browser.open(app.url, "");
  // A server with many tasks answers an empty page when the time of a request ends before it finds one.
  await page.route("**/inspect/dead-letters?*", async (route) => {
    const url = new URL(route.request().url());
    if (url.searchParams.get("cursor") !== "further") {
      await route.fulfill({ json: { deadLetters: [], nextCursor: "further", isPartial: true, queues: [] } });
      return;
    }
    url.searchParams.delete("cursor");
    await route.fulfill({ response: await route.fetch({ url: url.href }) });
  });
  await page.goto(`${app.url}/#/dead-letters?text=charge`);
  const rows = page.getByRole("table", { name: "Dead letters" }).locator("tbody tr");
  await expect.poll(() => rows.count()).toBe(1);
});
