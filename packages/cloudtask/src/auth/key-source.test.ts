import { expect, test } from "vitest";
import { startIssuer } from "../../test/support/issuer.ts";
import { emulatorKeys, googleKeys } from "./key-source.ts";

/** A network of these addresses, each with what it answers. */
function network(pages: Readonly<Record<string, () => Response>>): { fetch: typeof fetch; asked: string[] } {
  const asked: string[] = [];
  const answer = async (url: string | URL | Request): Promise<Response> => {
    asked.push(String(url));
    return pages[String(url)]?.() ?? new Response(null, { status: 404 });
  };
  return { fetch: answer, asked };
}

const json =
  (body: unknown, headers: HeadersInit = {}) =>
  () =>
    new Response(JSON.stringify(body), { headers });
const key = { kty: "RSA", kid: "a", n: "AQAB", e: "AQAB" };
const BASE = "http://emulator:8123";
const DISCOVERY = `${BASE}/.well-known/openid-configuration`;

test("Google's keys are for its two issuers, and kept as long as its answer says, less its age", async () => {
  const page = json({ keys: [key, { kty: "EC", kid: "b" }] }, { "Cache-Control": "public, Max-Age=22041", Age: "41" });
  const { fetch } = network({ "https://www.googleapis.com/oauth2/v3/certs": page });
  expect(await googleKeys({ fetch }).fetch()).toEqual({
    issuers: ["https://accounts.google.com", "accounts.google.com"],
    jwks: { keys: [key] },
    maxAgeMs: 22_000_000,
  });
});

test.each([
  ["its own name", BASE, `${BASE}/oidc/jwks`],
  ["a name that leads nowhere from here", "https://issuer.test", "https://issuer.test/oidc/jwks"],
  ["a name with a path", "https://issuer.test/a/b", "https://issuer.test/a/b/oidc/jwks"],
  ["keys elsewhere", "https://issuer.test", "https://keys.test/oidc/jwks?x"],
])("an emulator with %s is asked for its keys itself", async (_, issuer, jwksUri) => {
  const pages = { [DISCOVERY]: json({ issuer, jwks_uri: jwksUri }), [`${BASE}/oidc/jwks`]: json({ keys: [key] }) };
  const { fetch, asked } = network(pages);
  expect(await emulatorKeys(BASE, { fetch }).fetch()).toMatchObject({ issuers: [issuer], jwks: { keys: [key] } });
  expect(asked).toEqual([DISCOVERY, `${BASE}/oidc/jwks`]);
});

test.each([
  ["no issuer", { jwks_uri: `${BASE}/oidc/jwks` }],
  ["no address of keys", { issuer: BASE }],
  ["an address that is none", { issuer: BASE, jwks_uri: "oidc" }],
  ["nothing", null],
])("an emulator whose discovery names %s has no keys", async (_, document) => {
  const { fetch } = network({ [DISCOVERY]: json(document) });
  await expect(emulatorKeys(BASE, { fetch }).fetch()).rejects.toThrow(`GET ${DISCOVERY} failed: it names no issuer`);
});

test("a redirect is not followed", async () => {
  const issuer = await startIssuer();
  issuer.answer = (outgoing) => outgoing.writeHead(302, { Location: `${issuer.url}/elsewhere` }).end();
  const source = googleKeys({ fetch: (_, init) => fetch(issuer.url, init) });
  await expect(source.fetch()).rejects.toThrow(/failed: it answered 302$/);
  expect(issuer.requests()).toBe(1);
});

test("where nobody listens, the message says so", async () => {
  const source = googleKeys({ fetch: (_, init) => fetch("http://127.0.0.1:9/", init) });
  await expect(source.fetch()).rejects.toThrow(/^GET https:\/\/www\.googleapis\.com\/oauth2\/v3\/certs failed: /);
});
