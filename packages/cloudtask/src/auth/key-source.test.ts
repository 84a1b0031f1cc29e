import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { startIssuer } from "../../test/support/issuer.ts";
import { emulatorKeys, googleKeys } from "./key-source.ts";

/** Creates a fetch that knows these URLs. */
function network(pages: Readonly<Record<string, () => Response>>): { fetch: typeof fetch; requested: string[] } {
  const requested: string[] = [];
  const answer = async (url: string | URL | Request): Promise<Response> => {
    requested.push(String(url));
    return pages[String(url)]?.() ?? new Response(null, { status: 404 });
  };
  return { fetch: answer, requested };
}

function* endless(): Generator<string> {
  for (;;) yield " ".repeat(16_384);
}

const json =
  (body: unknown, headers: HeadersInit = {}) =>
  () =>
    new Response(JSON.stringify(body), { headers });
const key = { kty: "RSA", kid: "a", n: "AQAB", e: "AQAB" };
const BASE = "http://emulator:8123";
const DISCOVERY = `${BASE}/.well-known/openid-configuration`;

test("Google's keys have two issuers, and a cache lifetime of max-age minus age", async () => {
  const page = json({ keys: [key, { kty: "EC", kid: "b" }] }, { "Cache-Control": "public, Max-Age=22041", Age: "41" });
  const { fetch } = network({ "https://www.googleapis.com/oauth2/v3/certs": page });
  expect(await googleKeys({ fetch }).fetch()).toEqual({
    issuers: ["https://accounts.google.com", "accounts.google.com"],
    keys: [key, { kty: "EC", kid: "b" }],
    maxAgeMs: 22_000_000,
  });
});

test.each([
  ["its URL as the issuer name", BASE, `${BASE}/oidc/jwks`],
  ["an issuer name that does not resolve", "https://issuer.test", "https://issuer.test/oidc/jwks"],
  ["an issuer name with a path", "https://issuer.test/a/b", "https://issuer.test/a/b/oidc/jwks"],
  ["a jwks_uri on another host", "https://issuer.test", "https://keys.test/oidc/jwks?x"],
])("for %s the keys are requested from the emulator itself", async (_, issuer, jwksUri) => {
  const pages = { [DISCOVERY]: json({ issuer, jwks_uri: jwksUri }), [`${BASE}/oidc/jwks`]: json({ keys: [key] }) };
  const { fetch, requested } = network(pages);
  expect(await emulatorKeys(BASE, { fetch }).fetch()).toMatchObject({ issuers: [issuer], keys: [key] });
  expect(requested).toEqual([DISCOVERY, `${BASE}/oidc/jwks`]);
});

test.each([
  ["no issuer", { jwks_uri: `${BASE}/oidc/jwks` }],
  ["no jwks_uri", { issuer: BASE }],
  ["an invalid jwks_uri", { issuer: BASE, jwks_uri: "oidc" }],
  ["nothing", null],
])("discovery with %s is rejected", async (_, document) => {
  const { fetch } = network({ [DISCOVERY]: json(document) });
  await expect(emulatorKeys(BASE, { fetch }).fetch()).rejects.toThrow(
    `GET ${DISCOVERY} failed: the document has no issuer`,
  );
});

test.each([
  ["endless", (outgoing: ServerResponse) => Readable.from(endless()).pipe(outgoing)],
  ["of 1 MB", (outgoing: ServerResponse) => outgoing.end(" ".repeat(1024 * 1024))],
])("an answer that is %s is rejected after 256 KB", async (_, answer) => {
  const issuer = await startIssuer();
  issuer.answer = answer;
  const source = googleKeys({ fetch: (_url, init) => fetch(issuer.url, init) });
  await expect(source.fetch()).rejects.toThrow(/failed: its answer is larger than 262144 bytes$/);
});

test("an answer that stalls is rejected after the time limit", async () => {
  const issuer = await startIssuer();
  issuer.answer = (outgoing) => outgoing.write("{");
  const source = googleKeys({ fetch: (_, init) => fetch(issuer.url, init), timeoutMs: 50 });
  await expect(source.fetch()).rejects.toThrow(/failed: .*timeout/);
});

test("a redirect is not followed", async () => {
  const issuer = await startIssuer();
  issuer.answer = (outgoing) => outgoing.writeHead(302, { Location: `${issuer.url}/elsewhere` }).end();
  const source = googleKeys({ fetch: (_, init) => fetch(issuer.url, init) });
  await expect(source.fetch()).rejects.toThrow(/failed: it answered 302$/);
  expect(issuer.requests()).toBe(1);
});

test("a refused connection is reported with the URL", async () => {
  const source = googleKeys({ fetch: (_, init) => fetch("http://127.0.0.1:9/", init) });
  await expect(source.fetch()).rejects.toThrow(/^GET https:\/\/www\.googleapis\.com\/oauth2\/v3\/certs failed: /);
});
