import { expect, test } from "vitest";
import { TokenMinter } from "../../src/oidc/token-minter.ts";
import { engineBench, START } from "../support/engine.ts";
import { openPort } from "../support/port.ts";

test("health is told in one line, and to whoever wants no body", async () => {
  await using port = await openPort();
  const response = await fetch(`${port.url}/health`);
  expect([response.status, await response.text()]).toEqual([200, '{"status":"ok"}']);
  const head = await fetch(`${port.url}/health`, { method: "HEAD" });
  expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "15", ""]);
});

const paths = ["/health", "/.well-known/openid-configuration", "/oidc/jwks", "/oidc/certs"];

test.each(paths)("%s is for reading, with or without a query", async (path) => {
  await using port = await openPort();
  expect((await fetch(`${port.url}${path}?a=b`)).status).toBe(200);
  const refused = await fetch(`${port.url}${path}`, { method: "POST", body: "{}" });
  expect([refused.status, refused.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

test.each(paths.slice(1))(
  "%s may be kept, though not for long: the keys of the next emulator are others",
  async (path) => {
    await using port = await openPort();
    const { headers } = await fetch(`${port.url}${path}`);
    expect(headers.get("cache-control")).toBe("public, max-age=10, must-revalidate, no-transform");
  },
);

test("an access token that the emulator has not issued is answered as Google does", async () => {
  await using port = await openPort();
  const response = await fetch(`${port.url}/oidc/tokeninfo?access_token=x`);
  expect([response.status, await response.json()]).toEqual([
    400,
    { error: "invalid_token", error_description: "Invalid Value" },
  ]);
});

test("an access token is looked up from the query and from the header", async () => {
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

test("what a part of the emulator answers itself does not go on to the API", async () => {
  await using port = await openPort({
    inspect: async ({ url }, response) => url === "/inspect/x" && response.end("inspected") !== undefined,
  });
  expect(await (await fetch(`${port.url}/inspect/x`)).text()).toBe("inspected");
  expect(await (await fetch(`${port.url}/other`)).json()).toEqual({ path: "/other", body: "" });
});

test("a failure is answered as an internal error", async () => {
  await using port = await openPort({ rest: () => Promise.reject(new Error("no space left")) });
  const response = await fetch(`${port.url}/v2/x`);
  const error = { code: 500, status: "INTERNAL", message: "Internal error: no space left" };
  expect([response.status, await response.json()]).toEqual([500, { error }]);
});

test("an answer that fails after it has begun is broken off, and not made to look whole", async () => {
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
