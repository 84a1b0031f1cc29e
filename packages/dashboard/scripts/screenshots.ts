import { mkdirSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { preparePages } from "../test/support/prepare-pages.ts";
import { START, startShop } from "./shop.ts";

/*
 * Takes the pictures of docs/dashboard.md and of the README: `npm run screenshots`. The clocks of the emulator and of the browser
 * are fixed, and tasks have names, so a picture changes only with its page.
 */

const FOLDER = resolve(import.meta.dirname, "../../../docs/images");

interface Picture {
  readonly name: string;
  readonly view: string;
  readonly options?: BrowserContextOptions;
}

const WIDE = { width: 1200, height: 680 };

async function takePicture(browser: Browser, url: string, { name, view, options }: Picture): Promise<void> {
  const context = await browser.newContext({ viewport: WIDE, timezoneId: "UTC", colorScheme: "light", ...options });
  const page = await context.newPage();
  await page.clock.setFixedTime(START);
  await page.goto(`${url}/#/${view}`);
  await page.getByText("Live", { exact: true }).waitFor();
  await expectLoaded(page);
  const path = resolve(FOLDER, `${name}.png`);
  await page.screenshot({ path });
  console.log(`${path} ${Math.ceil(statSync(path).size / 1_000)} kB`);
  await context.close();
}

async function expectLoaded(page: Page): Promise<void> {
  await page.waitForFunction(() => !document.body.textContent.includes("Loading"));
}

mkdirSync(FOLDER, { recursive: true });
await using shop = await startShop();
const pictures: readonly Picture[] = [
  { name: "overview-light", view: "" },
  { name: "overview-dark", view: "", options: { colorScheme: "dark" } },
  { name: "overview-narrow", view: "", options: { viewport: { width: 375, height: 680 } } },
  { name: "task", view: `tasks/${encodeURIComponent(shop.failedTask)}` },
  { name: "definitions", view: "definitions" },
  { name: "schedule", view: "schedule?range=86400000" },
  { name: "dead-letters", view: "dead-letters" },
];
const browser = await chromium.launch({
  executablePath: await preparePages(),
  args: ["--no-sandbox", "--no-zygote", "--disable-gpu"],
});
for (const picture of pictures) await takePicture(browser, shop.url, picture);
await browser.close();
