import { expect, test } from "vitest";
import { type App, startApp } from "./support/start-app.ts";
import { useBrowser } from "./support/use-browser.ts";

const browser = useBrowser();

const MARKUP = `<img src=x onerror="document.title='hacked'"><script>document.title='hacked'</script></pre></td>`;
const RTL = "‏שלום עולם مرحبا بالعالم 🎉👩‍👩‍👧‍👦 \u202Eevil\u202C";
const LONG_ID = `t${"x".repeat(499)}`;
const HUGE = "0123456789".repeat(95_000);

async function create(
  app: App,
  id: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<string> {
  const name = `${app.queue("default")}/tasks/${id}`;
  const httpRequest = { url: app.target, headers, body: Buffer.from(body).toString("base64") };
  const init = { method: "POST", body: JSON.stringify({ task: { name, httpRequest } }) };
  const answer = await fetch(`${app.url}/v2/${app.queue("default")}/tasks`, init);
  expect(answer.status).toBe(200);
  return name;
}

const VIEWS = ["", "tasks", "definitions", "schedule", "dead-letters", "faults"];

test("markup, emoji, long names and large bodies are shown as text, and no page scrolls sideways", async () => {
  const app = await startApp({ queues: { default: { paused: true } } });
  const json = JSON.stringify({ html: MARKUP, text: RTL, number: 0 }).replace(":0}", ":12345678901234567890.10}");
  const names = [
    await create(app, LONG_ID, json, { "CloudTask-Name": "n".repeat(500), "X-Long": "v".repeat(3_000) }),
    await create(app, "markup", MARKUP),
    await create(app, "huge", HUGE),
  ];
  for (const width of [1280, 375]) {
    const page = await browser.open(app.url, "", { viewport: { width, height: 800 } });
    const views = [...VIEWS, app.queueView("default"), ...names.map((name) => `tasks/${encodeURIComponent(name)}`)];
    for (const view of views) {
      await page.goto(`${app.url}/#/${view}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await expect.poll(() => page.getByText("Loading …").count()).toBe(0);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect([view.slice(0, 40), width, overflow]).toEqual([view.slice(0, 40), width, 0]);
      expect(await page.title()).not.toContain("hacked");
    }
  }
}, 60_000);

test("a payload is shown with its exact characters and numbers", async () => {
  const app = await startApp({ queues: { default: { paused: true } } });
  const json = JSON.stringify({ html: MARKUP, text: RTL, number: 0 }).replace(":0}", ":12345678901234567890.10}");
  const name = await create(app, "exact", json);
  const page = await browser.open(app.url, `tasks/${encodeURIComponent(name)}`);
  const shown = await page.getByRole("region", { name: "Payload" }).locator("pre").textContent();
  expect(shown).toContain('"number": 12345678901234567890.10');
  const { html, text } = JSON.parse(shown ?? "") as { html: string; text: string };
  expect([html, text]).toEqual([MARKUP, RTL]);

  // The page shows decoded text, so a command with it would send other bytes.
  await create(app, "utf-16", Buffer.from("\ufeffהיי", "utf16le"));
  await page.goto(`${app.url}/#/tasks/${encodeURIComponent(`${app.queue("default")}/tasks/utf-16`)}`);
  await page.getByText("decoded from UTF-16").waitFor();
  await page.getByRole("button", { name: "Copy as curl" }).click();
  await page.getByText("The exact payload is not known here: decoded from UTF-16").waitFor();
  await page.getByRole("button", { name: "Edit and push again" }).click();
  await page.getByText("is copied unchanged and cannot be edited: it is not text").waitFor();
});

test("a body of 950 kB is shown in part, and whole on request", async () => {
  const app = await startApp({ queues: { default: { paused: true } } });
  const name = await create(app, "huge", HUGE);
  const page = await browser.open(app.url, `tasks/${encodeURIComponent(name)}`);
  const body = page.getByRole("region", { name: "Payload" });
  await body.getByText("950 kB").waitFor();
  const part = (await body.locator("pre").textContent()) ?? "";
  expect(HUGE.startsWith(part)).toBe(true);
  expect(part.length).toBeLessThan(HUGE.length);
  await body.getByRole("button", { name: "Show everything" }).click();
  await expect.poll(async () => (await body.locator("pre").textContent()) === HUGE).toBe(true);
});

test("a body with 60,000 lines is edited without a delay", async () => {
  const app = await startApp({ queues: { default: { paused: true } } });
  const json = JSON.stringify(Array.from({ length: 60_000 }, (_, n) => n));
  const page = await browser.open(app.url, `tasks/${encodeURIComponent(await create(app, "lines", json))}`);
  await page.getByRole("button", { name: "Edit and push again" }).click();
  const body = page.getByRole("dialog").getByRole("textbox", { name: "Body" });
  await body.waitFor();
  await body.press("End");
  expect(await body.inputValue()).toBe(JSON.stringify(JSON.parse(json), null, 2));
});
