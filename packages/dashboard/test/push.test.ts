import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmulator } from "@cloudtask/emulator";
import { expect, onTestFinished, test } from "vitest";
import { startApp } from "./support/start-app.ts";
import { useBrowser } from "./support/use-browser.ts";

const browser = useBrowser();

test("a task is edited and pushed again, with its secrets, and the old one is deleted", async () => {
  const app = await startApp({ queues: { default: { paused: true } } });
  const received: unknown[] = [];
  const charge = app.client.task("charge-card", async (order: { orderId: number; amount: number }) => {
    received.push(order);
  });
  await charge({ orderId: 7, amount: 10 }).push();
  // The deleted task can be read once more before its page is left, which the browser logs.
  const page = await browser.open(app.url, "tasks", { allowErrors: true });
  await page.getByRole("link", { name: "charge-card" }).click();
  await page.getByRole("heading", { name: "charge-card due" }).waitFor();
  const old = page.url();
  await page.getByRole("button", { name: "Edit and push again" }).click();
  const dialog = page.getByRole("dialog");
  // The form is read from the server, and then gets the focus.
  await dialog.getByLabel("Queue").and(page.locator(":focus")).waitFor();
  const body = dialog.getByRole("textbox", { name: "Body" });
  const text = await body.inputValue();
  await body.fill(text.replace("10", "1x"));
  await dialog.getByRole("button", { name: "Push" }).click();
  await dialog.getByText("The body is not JSON").waitFor();
  await body.fill(text.replace("10", "12.50"));
  await dialog.getByRole("button", { name: "Push" }).click();
  await page.getByText("12.50").first().waitFor();
  expect(page.url()).not.toBe(old);
  await page.getByRole("button", { name: "Run now" }).click();
  await page.getByRole("heading", { name: "charge-card succeeded" }).waitFor();
  await app.emulator.idle();
  expect(received).toEqual([{ orderId: 7, amount: 12.5 }]);
  expect(app.emulator.attempts()).toHaveLength(1);
});

test("a form stays open with its text if the task is deleted meanwhile, and the page says so", async () => {
  const app = await startApp({ queues: { default: { paused: true } } });
  const charge = app.client.task("charge-card", async (_: { orderId: number }) => {});
  const { name } = await charge({ orderId: 7 }).push();
  const page = await browser.open(app.url, `tasks/${encodeURIComponent(name)}`, { allowErrors: true });
  await page.getByRole("button", { name: "Edit and push again" }).click();
  const body = page.getByRole("dialog").getByRole("textbox", { name: "Body" });
  await body.fill('{"orderId": 8}');
  await fetch(`${app.url}/v2/${name}`, { method: "DELETE" });
  await page.getByText("This task no longer exists: it was deleted.").waitFor();
  expect(await body.inputValue()).toBe('{"orderId": 8}');
  await page.getByRole("dialog").getByRole("button", { name: "Push" }).click();
  await page.getByRole("dialog").getByText("the task to copy no longer exists").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  for (const action of ["Run now", "Edit and push again", "Duplicate", "Push again", "Delete"]) {
    expect([action, await page.getByRole("button", { name: action, exact: true }).count()]).toEqual([action, 0]);
  }
});

test("a finished task is pushed again with its secret, or after a restart with the secret that the user enters", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "cloudtask-dashboard-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const app = await startApp({ dataDir });
  const received: unknown[] = [];
  const charge = app.client.task("charge-card", async (order: { orderId: number }) => {
    received.push(order);
  });
  const { name } = await charge({ orderId: 7 }).push();
  await app.emulator.idle();
  const first = await browser.open(app.url, `tasks/${encodeURIComponent(name)}`, { allowErrors: true });
  await first.getByRole("button", { name: "Push again" }).click();
  await first.getByRole("dialog").getByRole("button", { name: "Push" }).click();
  await expect.poll(() => received).toEqual([{ orderId: 7 }, { orderId: 7 }]);
  await app.emulator.idle();
  await app.emulator.close();
  const emulator = await createEmulator({ dataDir, port: Number(new URL(app.url).port) });
  onTestFinished(() => emulator.close());
  const page = await browser.open(app.url, `tasks/${encodeURIComponent(name)}`);
  await page.getByRole("heading", { name: "charge-card succeeded" }).waitFor();
  await page.getByRole("button", { name: "Push again" }).click();
  const secret = page.getByRole("dialog", { name: "Push a copy" }).getByLabel("X-CloudTask-Secret");
  await secret.fill("a-secret-of-the-tests");
  await page.getByRole("dialog").getByRole("button", { name: "Push" }).click();
  await expect.poll(() => received.length).toBe(3);
  await expect.poll(() => page.url()).not.toContain(encodeURIComponent(name));
  // It is entered once per page.
  await page.goto(`${app.url}/#/tasks/${encodeURIComponent(name)}`);
  await page.getByRole("heading", { name: "charge-card succeeded" }).waitFor();
  await page.getByRole("button", { name: "Push again" }).click();
  expect(await secret.inputValue()).toBe("a-secret-of-the-tests");
});

test("a body with a long secret is shown as whole, and edited without its secret", async () => {
  const app = await startApp({ queues: { default: { paused: true } } });
  const received: unknown[] = [];
  const login = app.client.task("log-in", async (account: { user: string; password: string }) => {
    received.push(account);
  });
  const password = "a long password of the user";
  const { name } = await login({ user: "ada", password }).push();
  const page = await browser.open(app.url, `tasks/${encodeURIComponent(name)}`, { allowErrors: true });
  await page.getByRole("button", { name: "Edit and push again" }).click();
  const body = page.getByRole("dialog").getByRole("textbox", { name: "Body" });
  await body.fill((await body.inputValue()).replace("ada", "grace"));
  await page.getByRole("dialog").getByRole("button", { name: "Push" }).click();
  await page.getByRole("heading", { name: "log-in due" }).waitFor();
  await page.getByRole("button", { name: "Run now" }).click();
  await expect.poll(() => received).toEqual([{ user: "grace", password }]);
  await page.getByRole("heading", { name: "log-in succeeded" }).waitFor();
  await page.getByRole("region", { name: "Payload" }).getByText('"password": "***"').waitFor();
  expect(await page.getByText("the rest was not kept").count()).toBe(0);
});

test("a finished task whose body the history has only in part is pushed again with the body that the user enters", async () => {
  const app = await startApp();
  const received: number[] = [];
  const charge = app.client.task("charge-card", async ({ note }: { note: string }) => {
    received.push(note.length);
  });
  const { name } = await charge({ note: "x".repeat(3_000) }).push();
  await app.emulator.idle();
  const page = await browser.open(app.url, `tasks/${encodeURIComponent(name)}`);
  await page.getByRole("button", { name: "Push again" }).click();
  const dialog = page.getByRole("dialog", { name: "Push a copy" });
  await dialog.getByText("the history has only the beginning of its body").waitFor();
  const body = dialog.getByRole("textbox", { name: "Body" });
  expect(await body.inputValue()).toBe("");
  await body.fill(JSON.stringify({ task: "charge-card", payload: { note: "x".repeat(4_000) } }));
  await dialog.getByRole("button", { name: "Push" }).click();
  await expect.poll(() => received).toEqual([3_000, 4_000]);
});

test("a copy that was not edited has the exact bytes of the original", async () => {
  const app = await startApp({ queues: { default: { paused: true } } });
  const body = '{ "id": 12345678901234567890,\n "text": "a\\u0000b" }';
  const task = { httpRequest: { url: app.target, body: Buffer.from(body).toString("base64") } };
  const init = { method: "POST", body: JSON.stringify({ task }) };
  const created = (await (await fetch(`${app.url}/v2/${app.queue("default")}/tasks`, init)).json()) as { name: string };
  const page = await browser.open(app.url, `tasks/${encodeURIComponent(created.name)}`);
  await page.getByRole("button", { name: "Duplicate" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Push" }).click();
  await expect.poll(() => page.url()).not.toContain(encodeURIComponent(created.name));
  const copy = decodeURIComponent(page.url().split("#/tasks/")[1] ?? "");
  const full = await fetch(`${app.url}/v2/${copy}?responseView=FULL`);
  const { httpRequest } = (await full.json()) as { httpRequest: { body: string } };
  expect(Buffer.from(httpRequest.body, "base64").toString()).toBe(body);
});

test("a task is pushed by hand into a queue that the user chooses", async () => {
  const app = await startApp({ queues: { default: null, slow: { paused: true } } });
  const page = await browser.newPage();
  // The dialog is opened before the page knows the queues.
  let connect = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    connect = resolve;
  });
  await page.route("**/inspect/events**", async (route) => {
    await opened;
    await route.continue();
  });
  await page.goto(`${app.url}/#/tasks`);
  await page.getByRole("button", { name: "Push a task" }).click();
  const dialog = page.getByRole("dialog", { name: "Push a task" });
  const queue = dialog.getByLabel("Queue");
  await queue.waitFor();
  connect();
  await expect.poll(() => queue.inputValue()).toBe(app.queue("default"));
  await queue.selectOption({ label: "slow" });
  await dialog.getByLabel("URL").fill("http://127.0.0.1:9/run");
  await dialog.getByRole("textbox", { name: "Body" }).fill('{"orderId": 7}');
  await dialog.getByLabel("Delay in seconds").fill("3600");
  await dialog.getByRole("button", { name: "Push" }).click();
  await page.getByRole("heading", { name: "Task scheduled" }).waitFor();
  await page.getByText('"orderId": 7').first().waitFor();
  await page.getByText("waits for its schedule time").waitFor();
});
