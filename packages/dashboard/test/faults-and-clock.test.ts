import { expect, test } from "vitest";
import { startApp } from "./support/start-app.ts";
import { useBrowser } from "./support/use-browser.ts";

const browser = useBrowser();

test("the next 3 deliveries answer 503, and then the task succeeds", async () => {
  const app = await startApp();
  let runs = 0;
  const greet = app.client.task("greet", async () => {
    runs += 1;
  });
  const page = await browser.open(app.url, "faults");
  await page.getByText("There are no faults.").waitFor();
  await page.getByLabel("How often").fill("some");
  await page.getByRole("button", { name: "Add the fault" }).click();
  await page.getByRole("alert").getByText("expected a positive integer").waitFor();
  await page.getByLabel("How often").fill("3");
  await page.getByRole("button", { name: "Add the fault" }).click();
  await page.getByText("Deliveries are answered 503 applied 0 of 3 times").waitFor();
  const overview = await browser.open(app.url);
  await overview.getByText("A fault is active: Deliveries are answered 503, applied 0 of 3 times.").waitFor();
  await greet().push();
  await app.emulator.advance("1m");
  await page.getByText("over: applied 3 of 3 times").waitFor();
  await overview.getByRole("link", { name: "Clock +1 min" }).waitFor();
  await expect.poll(() => overview.getByText("A fault is active").count()).toBe(0);
  expect(runs).toBe(1);
  expect(app.emulator.attempts().map(({ status }) => status)).toEqual([200, 503, 503, 503]);
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByText("There are no faults.").waitFor();
});

test("a fault of any status is placed for one queue", async () => {
  const app = await startApp({ queues: ["default", "mail"] });
  const greet = app.client.task("greet", async () => {});
  const page = await browser.open(app.url, "faults");
  await page.getByRole("combobox", { name: "Fault" }).selectOption("Deliveries are answered with a status");
  await page.getByRole("textbox", { name: "Status" }).fill("418");
  await page.getByRole("combobox", { name: "In the queue" }).selectOption("mail");
  await page.getByRole("button", { name: "Add the fault" }).click();
  await page.getByText("Deliveries are answered 418, in the queue mail applied 0 of 1 time").waitFor();
  await greet().push();
  await greet().push({ queue: "mail" });
  await expect.poll(() => app.emulator.attempts({ queue: "mail" }).length).toBeGreaterThan(1);
  expect(app.emulator.attempts({ queue: "default" }).map(({ status }) => status)).toEqual([200]);
  expect(app.emulator.attempts({ queue: "mail" }).at(-1)?.status).toBe(418);
});

test("the clock is advanced to a task that is due in two days, and turned back", async () => {
  const app = await startApp();
  const report = app.client.task("send-report", async () => {});
  await report().push({ delay: "49h" });
  const page = await browser.open(app.url, "schedule");
  await page.getByText("1 task ahead").waitFor();
  const clock = page.getByRole("region", { name: "Clock of the emulator" });
  await clock.getByLabel("Advance by").fill("50h");
  await clock.getByRole("button", { name: "Advance" }).click();
  await page.getByText("No task waits.").waitFor();
  await clock.getByText("2 d 2 h ahead").waitFor();
  expect(app.emulator.attempts()).toMatchObject([{ outcome: "succeeded" }]);
  await clock.getByRole("button", { name: "Back to the real time" }).click();
  await expect.poll(() => clock.getByText("ahead").count()).toBe(0);
});

test("the clock is advanced while a task runs, and the page shows its end", async () => {
  const app = await startApp();
  let finish = (): void => undefined;
  const long = app.client.task("long", () => new Promise<void>((resolve) => (finish = resolve)));
  await long().push();
  const page = await browser.open(app.url, "schedule");
  const clock = page.getByRole("region", { name: "Clock of the emulator" });
  await clock.getByLabel("Advance by").fill("5m");
  await clock.getByRole("button", { name: "Advance" }).click();
  await expect.poll(() => clock.getByRole("button", { name: "Advance" }).isDisabled()).toBe(true);
  finish();
  await clock.getByText("5 min ahead").waitFor();
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Tasks" }).click();
  await page.getByRole("table").getByText("succeeded").waitFor();
});
