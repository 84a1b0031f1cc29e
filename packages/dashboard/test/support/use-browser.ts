import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { beforeAll, expect, onTestFinished } from "vitest";
import { preparePages } from "./prepare-pages.ts";

/** Without a sandbox, because containers have no user namespaces; everything else is as in a user's browser. */
const ARGS = [
  "--no-sandbox",
  "--no-zygote",
  "--disable-gpu",
  // A page of another origin than that of the dashboard.
  "--host-resolver-rules=MAP evil.example 127.0.0.1",
];

/** Options of a page. */
export interface PageOptions extends BrowserContextOptions {
  /** Whether the page may log errors, for example because the server is stopped. */
  readonly allowErrors?: boolean;
}

/** A browser in which each page has a profile of its own. */
export interface TestBrowser {
  /** Opens a view of the dashboard in a new profile. The test fails if the page logs an error. */
  open(url: string, view?: string, options?: PageOptions): Promise<Page>;
  /** Opens an empty page in a new profile. */
  newPage(options?: BrowserContextOptions): Promise<Page>;
}

/** Test files that run in one process share its browser. It is closed when the process exits. */
let started: Browser | undefined;

async function startBrowser(): Promise<Browser> {
  const executablePath = await preparePages();
  if (!started?.isConnected()) started = await chromium.launch({ executablePath, args: ARGS });
  return started;
}

/** Starts a browser for the tests of a file, unless one runs. The name `evil.example` resolves to this machine. */
export function useBrowser(): TestBrowser {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  }, 120_000);
  const newPage = async (options: BrowserContextOptions = {}): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    return page;
  };
  return {
    newPage,
    open: async (url, view = "", { allowErrors = false, ...options } = {}) => {
      const page = await newPage(options);
      if (!allowErrors) failOnErrors(page);
      await page.goto(`${url}/#/${view}`);
      return page;
    },
  };
}

function failOnErrors(page: Page): void {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) errors.push(message.text());
  });
  onTestFinished(() => expect(errors).toEqual([]));
}
