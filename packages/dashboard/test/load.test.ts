import http from "node:http";
import type { AddressInfo } from "node:net";
import type { Request } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { startApp } from "./support/start-app.ts";
import { useBrowser } from "./support/use-browser.ts";

const browser = useBrowser();
const BUDGET = 80 * 1_024;

test("the first load is at most 80 kB compressed, and requests nothing from elsewhere", async () => {
  const app = await startApp();
  const page = await browser.newPage();
  const sizes: Promise<number>[] = [];
  const origins = new Set<string>();
  const record = (request: Request): void => {
    origins.add(new URL(request.url()).origin);
    sizes.push(
      request.sizes().then(({ responseBodySize, responseHeadersSize }) => responseBodySize + responseHeadersSize),
    );
  };
  page.on("requestfinished", record);
  await page.goto(app.url);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await expect.poll(() => page.getByText("Loading …").count()).toBe(0);
  // A later request, such as the events that end with the page, has no size any more.
  page.off("requestfinished", record);
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  expect(total).toBeGreaterThan(20_000);
  expect(total).toBeLessThanOrEqual(BUDGET);
  expect([...origins]).toEqual([app.url]);
});

test("the pages work under a path prefix of a proxy", async () => {
  const app = await startApp({ queues: { default: { paused: true } } });
  await app.client
    .task("greet", async () => {})()
    .push();
  const proxy = await startProxy(app.url, "/tools/emulator");
  const page = await browser.open(proxy, "tasks");
  await page.getByRole("link", { name: "greet" }).click();
  await page.getByRole("heading", { name: "greet due" }).waitFor();
  await page.getByRole("button", { name: "Duplicate" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Push" }).click();
  await page.getByRole("link", { name: "default" }).click();
  await page.getByRole("link", { name: "Waiting 2" }).waitFor();
});

/** Starts a proxy that serves an emulator under a prefix. Returns the URL with the prefix. */
async function startProxy(url: string, prefix: string): Promise<string> {
  const server = http.createServer((incoming, answer) => {
    const path = incoming.url?.slice(prefix.length);
    const request = http.request(
      `${url}${path}`,
      { method: incoming.method, headers: incoming.headers },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      },
    );
    // The browser aborts requests of a page that it leaves, and the emulator may close first.
    answer.on("close", () => request.destroy());
    request.on("error", () => answer.destroy());
    incoming.pipe(request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`;
}
