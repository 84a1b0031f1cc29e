import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { type App, startApp } from "./support/start-app.ts";
import { useBrowser } from "./support/use-browser.ts";

const browser = useBrowser();

/** Starts an app with a paused queue and a task, and a page of another origin. */
async function startAttack(): Promise<{ readonly app: App; readonly page: Page; readonly evil: string }> {
  const app = await startApp({ queues: { default: { paused: true }, other: null } });
  await app.client
    .task("keep-me", async () => {})()
    .push();
  const server = createServer((_, response) => {
    response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><title>evil</title>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const evil = `http://evil.example:${(server.address() as AddressInfo).port}/`;
  const page = await browser.newPage();
  await page.goto(evil);
  return { app, page, evil };
}

/** The calls of an attack: pause, purge, create a task, delete a queue, start a job, place a fault. */
function calls(app: App): readonly (readonly [method: string, url: string, body: string])[] {
  const queue = `${app.url}/v2/${app.queue("default")}`;
  const task = JSON.stringify({ task: { httpRequest: { url: app.target } } });
  return [
    ["POST", `${app.url}/v2/${app.queue("other")}:pause`, "{}"],
    ["POST", `${queue}:purge`, "{}"],
    ["POST", `${queue}:resume`, "{}"],
    ["POST", `${queue}/tasks`, task],
    ["POST", `${app.url}/control/jobs`, '{"action":"delete","filter":{}}'],
    ["POST", `${app.url}/control/faults`, '{"on":"delivery","status":500}'],
    ["POST", `${app.url}/control/reset`, "{}"],
  ];
}

/** Nothing has changed. */
async function expectUnharmed(app: App): Promise<void> {
  const queues = (await (await fetch(`${app.url}/inspect/queues`)).json()) as {
    queues: { id: string; state: string; tasks: number }[];
  };
  expect(queues.queues.map(({ id, state, tasks }) => [id, state, tasks])).toEqual([
    ["default", "PAUSED", 1],
    ["other", "RUNNING", 0],
  ]);
  expect(app.emulator.faults.list()).toEqual([]);
}

/** The statuses with which servers answer the page, also those that the browser hides from scripts. */
async function statusesOf(page: Page): Promise<readonly number[]> {
  const statuses: number[] = [];
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  session.on("Network.responseReceivedExtraInfo", ({ statusCode }) => statuses.push(statusCode));
  return statuses;
}

test.each(["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"])(
  "forms of another origin with the encoding %s are refused",
  async (encoding) => {
    const { app, page, evil } = await startAttack();
    for (const [, url, body] of calls(app)) {
      const answer = page.waitForNavigation({ url });
      await page.evaluate(
        ([action, enctype, value]) => {
          const form = Object.assign(document.createElement("form"), { action, enctype, method: "POST" });
          form.append(Object.assign(document.createElement("input"), { name: value, value: "" }));
          document.body.append(form);
          form.submit();
        },
        [url, encoding, body] as const,
      );
      expect((await answer)?.status()).toBe(403);
      await page.goto(evil);
    }
    await expectUnharmed(app);
  },
);

test.each(["cors", "no-cors"] as const)("fetch in the mode %s of another origin is refused", async (mode) => {
  const { app, page } = await startAttack();
  const statuses = await statusesOf(page);
  for (const [method, url, body] of calls(app)) {
    const result = await page.evaluate(
      ([to, init]) =>
        fetch(to, init).then(
          (response) => `${response.type} ${response.status}`,
          () => "failed",
        ),
      [url, { method, body, mode }] as const,
    );
    expect(["failed", "opaque 0"]).toContain(result);
  }
  expect([...new Set(statuses)]).toEqual([403]);
  await expectUnharmed(app);
});

test("a page of another origin can read neither the events nor the token", async () => {
  const { app, page } = await startAttack();
  const statuses = await statusesOf(page);
  const reads = await page.evaluate(async (url) => {
    const events = await new Promise((resolve) => {
      const source = new EventSource(`${url}/inspect/events?types=stats`);
      source.onmessage = () => resolve("read");
      source.addEventListener("stats", () => resolve("read"));
      source.onerror = () => resolve("failed");
    });
    const read = (path: string): Promise<string> =>
      fetch(`${url}${path}`).then(
        (response) => response.text(),
        () => "failed",
      );
    return [events, await read("/"), await read("/control/session"), await read("/inspect/tasks")];
  }, app.url);
  expect(reads).toEqual(["failed", "failed", "failed", "failed"]);
  expect([...new Set(statuses)]).toEqual([403]);
});

test("a page whose name is rebound to the emulator is refused", async () => {
  const { app, page } = await startAttack();
  const { port } = new URL(app.url);
  const origin = `http://evil.example:${port}`;
  // The refusal is a document of this origin, so its scripts can call the emulator without CORS.
  expect((await page.goto(`${origin}/`))?.status()).toBe(403);
  for (const [method, url, body] of calls(app)) {
    const path = url.slice(app.url.length);
    const answer = await page.evaluate(
      ([to, init]) => fetch(to, init).then(async (response) => [response.status, await response.text()] as const),
      [path, { method, body }] as const,
    );
    expect(answer).toEqual([403, expect.stringContaining("is not a name of this emulator")]);
  }
  const reads = ["/", "/control/session", "/inspect/tasks", "/inspect/events"];
  const statuses = await page.evaluate(
    (paths) => Promise.all(paths.map((path) => fetch(path).then(({ status }) => status))),
    reads,
  );
  expect(statuses).toEqual([403, 403, 403, 403]);
  await expectUnharmed(app);
});

test("the dashboard cannot be shown in a frame of another page", async () => {
  const { app, page } = await startAttack();
  const blocked = page.waitForEvent("console", (message) => /frame|Frame/.test(message.text()));
  await page.evaluate((url) => {
    document.body.append(Object.assign(document.createElement("iframe"), { src: url }));
  }, app.url);
  await blocked;
  expect(page.frames().map((frame) => frame.url())).not.toContain(`${app.url}/`);
});
