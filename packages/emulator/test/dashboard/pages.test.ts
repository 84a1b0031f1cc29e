import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { createDashboard } from "../../src/dashboard/create-dashboard.ts";
import { dataDir } from "../support/data-dir.ts";
import { type OpenPort, openPort } from "../support/port.ts";

const SCRIPT = `export const text = ${JSON.stringify("x".repeat(2_000))};`;

/** Opens a port that serves pages as Vite builds them. */
async function openPages(): Promise<{ readonly port: OpenPort; readonly folder: string } & AsyncDisposable> {
  const folder = `${dataDir()}/`;
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), "<!doctype html><html><head><title>t</title></head></html>");
  writeFileSync(join(folder, "icon.svg"), "<svg/>");
  writeFileSync(join(folder, "assets", "index-BkX3a_9z.js"), SCRIPT);
  writeFileSync(join(folder, "assets", "index-BkX3a_9z.js.map"), "{}");
  const port = await openPort({ dashboard: createDashboard(folder, "the-token") });
  return { port, folder, [Symbol.asyncDispose]: () => port.close() };
}

test("the page at / has the token, allows no scripts of others, cannot be framed, and is never cached", async () => {
  await using pages = await openPages();
  for (const path of ["/", "/?queue=mail"]) {
    const response = await fetch(`${pages.port.url}${path}`);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('<head><meta name="cloudtask-token" content="the-token" /><title>');
    const { headers } = response;
    const csp = headers.get("content-security-policy") ?? "";
    for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"])
      expect(csp.split("; ")).toContain(rule);
    expect(csp).not.toMatch(/unsafe|https?:/);
    expect([headers.get("cache-control"), headers.get("x-content-type-options")]).toEqual(["no-store", "nosniff"]);
  }
});

test("a file with a hash in its name is cached forever, any other file is not", async () => {
  await using pages = await openPages();
  const read = (path: string): Promise<Response> => fetch(`${pages.port.url}${path}`);
  const script = await read("/assets/index-BkX3a_9z.js");
  expect([script.headers.get("content-type"), script.headers.get("cache-control"), await script.text()]).toEqual([
    "text/javascript; charset=UTF-8",
    "public, max-age=31536000, immutable",
    SCRIPT,
  ]);
  const icon = await read("/icon.svg");
  expect([icon.headers.get("content-type"), icon.headers.get("cache-control")]).toEqual(["image/svg+xml", "no-store"]);
});

test.each([
  ["gzip", "gzip"],
  ["identity", null],
])("with Accept-Encoding %s the Content-Encoding is %s", async (accepted, expected) => {
  await using pages = await openPages();
  const headers = { "Accept-Encoding": accepted };
  const response = await fetch(`${pages.port.url}/assets/index-BkX3a_9z.js`, { headers });
  expect([response.headers.get("content-encoding"), await response.text()]).toEqual([expected, SCRIPT]);
});

test.each([
  "/index.html",
  "/assets/",
  "/assets/index-BkX3a_9z.js.map",
  "/..%2fpackage.json",
  "/assets/../../x",
  "/queues",
])("%s is no page: the API answers it", async (path) => {
  await using pages = await openPages();
  expect(await (await fetch(`${pages.port.url}${path}`)).json()).toHaveProperty("path");
});

test("a page accepts only reads, and HEAD has no body", async () => {
  await using pages = await openPages();
  const head = await fetch(`${pages.port.url}/icon.svg`, { method: "HEAD" });
  expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "6", ""]);
  const post = await fetch(`${pages.port.url}/`, { method: "POST" });
  expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

test("pages that are built again while the emulator runs are served", async () => {
  await using pages = await openPages();
  expect((await fetch(`${pages.port.url}/`)).status).toBe(200);
  writeFileSync(join(pages.folder, "assets", "index-Cy7_qqqq.js"), "1");
  await new Promise((resolve) => setTimeout(resolve, 20));
  writeFileSync(join(pages.folder, "index.html"), "<!doctype html><html><head><title>new</title></head></html>");
  expect(await (await fetch(`${pages.port.url}/`)).text()).toContain("new");
  expect(await (await fetch(`${pages.port.url}/assets/index-Cy7_qqqq.js`)).text()).toBe("1");
});

test("without built pages, / explains how to build them", async () => {
  await using port = await openPort({ dashboard: createDashboard(undefined, "the-token") });
  const response = await fetch(`${port.url}/`);
  expect(response.status).toBe(200);
  const html = await response.text();
  expect(html).toContain("npm run build -w @cloudtask/dashboard");
  expect(html).toContain("the-token");
});

test("an emulator serves a page with the token of its session", async () => {
  await using emulator = await createEmulator();
  const html = await (await fetch(emulator.url)).text();
  const { token } = (await (await fetch(`${emulator.url}/control/session`)).json()) as { readonly token: string };
  expect(token).toMatch(/^[\w-]{32}$/);
  expect(html).toContain(`<meta name="cloudtask-token" content="${token}" />`);
});
