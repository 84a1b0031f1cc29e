import { mkdirSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { serveDashboard } from "../../cli/src/dashboard/serve-dashboard.ts";
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
  /** The URL of the dashboard; default: that of the shop's emulator. */
  readonly url?: string;
  /** The text that is there when the data has arrived; default: `Live`. */
  readonly ready?: string;
}

const WIDE = { width: 1280, height: 720 };
const HIGH = { width: 1280, height: 780 };

async function takePicture(browser: Browser, shopUrl: string, picture: Picture): Promise<void> {
  const { name, view, options, url = shopUrl, ready = "Live" } = picture;
  const context = await browser.newContext({ viewport: WIDE, timezoneId: "UTC", colorScheme: "light", ...options });
  const page = await context.newPage();
  await page.clock.setFixedTime(START);
  await page.goto(`${url}/#/${view}`);
  await page.getByText(ready, { exact: true }).waitFor();
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
// The emulator of this shop stands for Google Cloud.
const place = { project: "my-project", location: "europe-west1" };
await using production = await startShop(place);
const connection = { ...place, apiEndpoint: production.url, token: () => Promise.resolve("a-token") };
const cloud = await serveDashboard({ ...place, connection, port: 0, allowsWrites: false });
const pictures: readonly Picture[] = [
  { name: "overview-light", view: "", options: { viewport: HIGH } },
  { name: "overview-dark", view: "", options: { viewport: HIGH, colorScheme: "dark" } },
  { name: "overview-narrow", view: "", options: { viewport: { width: 375, height: 720 } } },
  { name: "task", view: `tasks/${encodeURIComponent(shop.failedTask)}` },
  { name: "definitions", view: "definitions" },
  { name: "schedule", view: "schedule?range=86400000" },
  { name: "dead-letters", view: "dead-letters" },
  { name: "google-cloud", view: "", url: cloud.url, ready: "As of 09:00:00" },
];
const browser = await chromium.launch({
  executablePath: await preparePages(),
  args: ["--no-sandbox", "--no-zygote", "--disable-gpu"],
});
for (const picture of pictures) await takePicture(browser, shop.url, picture);
await browser.close();
await cloud.close();
