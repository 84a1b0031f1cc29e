import { NonRetriableError } from "cloudtask";
import { expect, test } from "vitest";
import { type App, startApp } from "./support/start-app.ts";
import { useBrowser } from "./support/use-browser.ts";
import { violations } from "./support/violations.ts";

const browser = useBrowser();

/** An app with tasks in all states, and a fault. */
async function busyApp(): Promise<App> {
  const app = await startApp({
    queues: { default: { retry: { minBackoff: "60s" } }, dead: { paused: true }, stopped: { paused: true } },
  });
  const work = app.client.task("work", async ({ mode }: { mode: string }) => {
    if (mode === "fail") throw new Error("the bank does not answer");
    if (mode === "discard") throw new NonRetriableError("order does not exist");
  });
  for (const mode of ["succeed", "fail", "discard"]) await work({ mode }).push();
  await work({ mode: "later" }).push({ delay: "2h" });
  await work({ mode: "stopped" }).push({ queue: "stopped" });
  await app.emulator.idle();
  app.emulator.faults.add({ on: "CreateTask", status: "UNAVAILABLE", times: 3 });
  return app;
}

test.each(["light", "dark"] as const)(
  "axe finds nothing on any page with the %s colours",
  async (colorScheme) => {
    const app = await busyApp();
    const page = await browser.open(app.url, "", { colorScheme });
    const failed = app.emulator.attempts().find(({ outcome }) => outcome === "retrying")?.task ?? "";
    const views = [
      "",
      "tasks?state=due",
      "definitions",
      "schedule",
      "dead-letters",
      "faults",
      "nowhere",
      app.queueView("default", "retrying"),
      `tasks/${encodeURIComponent(failed)}`,
    ];
    const found: string[] = [];
    for (const view of views) {
      await page.goto(`${app.url}/#/${view}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await expect.poll(() => page.getByText("Loading …").count()).toBe(0);
      for (const summary of await page.locator("summary").all()) await summary.click();
      found.push(...(await violations(page)).map((text) => `#/${view}: ${text}`));
    }
    await page.getByRole("button", { name: "Edit and push again" }).click();
    await page.getByRole("dialog").getByRole("textbox", { name: "Body" }).waitFor();
    found.push(...(await violations(page)).map((text) => `dialog: ${text}`));
    expect(found).toEqual([]);
  },
  60_000,
);

test("the colours follow the system until the user chooses, and the choice is kept", async () => {
  const app = await startApp();
  const page = await browser.open(app.url, "", { colorScheme: "dark" });
  const background = (): Promise<string> =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await background();
  const button = page.getByRole("button", { name: "Colours: " });
  await button.click();
  const light = await background();
  expect(light).not.toBe(dark);
  await page.reload();
  await button.waitFor();
  expect(await background()).toBe(light);
  await button.click();
  expect(await background()).toBe(dark);
  await button.click();
  await page.emulateMedia({ colorScheme: "light" });
  expect(await background()).toBe(light);
});
