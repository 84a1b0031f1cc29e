import { expect, test } from "vitest";
import { TokenMinter } from "../../src/oidc/token-minter.ts";
import { engineBench, START } from "../support/engine.ts";
import { openPort } from "../support/port.ts";

test("/health answers GET with one line and HEAD without a body", async () => {
  await using port = await openPort();
  const response = await fetch(`${port.url}/health`);
  expect([response.status, await response.text()]).toEqual([200, '{"status":"ok"}']);
  const head = await fetch(`${port.url}/health`, { method: "HEAD" });
  expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "15", ""]);
});

const paths = ["/health", "/.well-known/openid-configuration", "/oidc/jwks", "/oidc/certs"];

test.each(paths)("%s accepts only reads, with or without a query", async (path) => {
  await using port = await openPort();
  expect((await fetch(`${port.url}${path}?a=b`)).status).toBe(200);
  const rejected = await fetch(`${port.url}${path}`, { method: "POST", body: "{}" });
  expect([rejected.status, rejected.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

test.each(paths.slice(1))("%s may be cached for 10 s only, because the next emulator has other keys", async (path) => {
  await using port = await openPort();
  const { headers } = await fetch(`${port.url}${path}`);
  expect(headers.get("cache-control")).toBe("public, max-age=10, must-revalidate, no-transform");
});

test("a foreign access token is answered as Google does", async () => {
  await using port = await openPort();
  const response = await fetch(`${port.url}/oidc/tokeninfo?access_token=x`);
  expect([response.status, await response.json()]).toEqual([
    400,
    { error: "invalid_token", error_description: "Invalid Value" },
  ]);
});

test("an access token is read from the query or the header", async () => {
  const minter = new TokenMinter({ now: () => START, issuer: () => "", engine: engineBench().engine });
  await using port = await openPort({ minter });
  const token = await minter.mint({ kind: "oauth", serviceAccountEmail: "a@example.com", scope: "s" }, "http://x/");
  const url = `${port.url}/oidc/tokeninfo`;
  const answers = [
    fetch(`${url}?access_token=${token}`),
    fetch(url, { method: "POST", headers: { Authorization: `Bearer ${token}` } }),
  ];
  const infos = await Promise.all(answers.map(async (answer) => (await answer).json()));
  const expected = { email: "a@example.com", scope: "s", expires_in: "3600" };
  expect(infos).toMatchObject([expected, expected]);
});

test("a request that the inspect handler answers is not passed to REST", async () => {
  await using port = await openPort({
    inspect: async ({ url }, response) => url === "/inspect/x" && response.end("inspected") !== undefined,
  });
  expect(await (await fetch(`${port.url}/inspect/x`)).text()).toBe("inspected");
  expect(await (await fetch(`${port.url}/other`)).json()).toEqual({ path: "/other", body: "" });
});

test("an unexpected error is answered as an internal error", async () => {
  await using port = await openPort({ rest: () => Promise.reject(new Error("no space left")) });
  const response = await fetch(`${port.url}/v2/x`);
  const error = { code: 500, status: "INTERNAL", message: "Internal error: no space left" };
  expect([response.status, await response.json()]).toEqual([500, { error }]);
});

test("an error after the response has begun closes the connection", async () => {
  await using port = await openPort({
    rest: async (_, response) => {
      await new Promise((written) => response.write("half", written));
      throw new Error("no space left");
    },
  });
  const response = await fetch(`${port.url}/v2/x`);
  await expect(response.text()).rejects.toThrow("terminated");
  expect((await fetch(`${port.url}/health`)).status).toBe(200);
});
