import { expect, onTestFinished, test, vi } from "vitest";
import { ACCOUNT, nowS, startIssuer, type TestIssuer, testKey, WORKER_URL } from "../../test/support/issuer.ts";
import { emulatorKeys, googleKeys } from "./key-source.ts";
import { TokenVerifier, type TokenVerifierOptions } from "./token-verifier.ts";

interface Bench {
  readonly issuer: TestIssuer;
  readonly verifier: TokenVerifier;
  readonly pass: (seconds: number) => void;
  /** The number of verified signatures. */
  readonly verified: () => number;
}

async function startVerifier(options: Partial<TokenVerifierOptions> = {}): Promise<Bench> {
  const issuer = await startIssuer();
  let passedMs = 0;
  const verifier = new TokenVerifier({
    source: googleKeys({ fetch: (_, init) => fetch(issuer.url, init) }),
    expected: { audiences: () => [WORKER_URL], serviceAccounts: [ACCOUNT, "new@p.iam.gserviceaccount.com"] },
    now: () => Date.now() + passedMs,
    ...options,
  });
  const verify = vi.spyOn(crypto.subtle, "verify");
  onTestFinished(() => verify.mockRestore());
  return {
    issuer,
    verifier,
    pass: (seconds) => {
      passedMs += seconds * 1000;
    },
    verified: () => verify.mock.calls.length,
  };
}

test.each<[string, () => Record<string, unknown>]>([
  ["of Cloud Tasks", () => ({})],
  ["with Google's older issuer name", () => ({ iss: "accounts.google.com" })],
  ["of another account of the list", () => ({ email: "new@p.iam.gserviceaccount.com" })],
  ["with its only audience in a list", () => ({ aud: [WORKER_URL] })],
  ["that expired 25 s ago", () => ({ exp: nowS() - 25 })],
  ["valid from 25 s in the future", () => ({ nbf: nowS() + 25 })],
  ["issued 25 s in the future", () => ({ iat: nowS() + 25 })],
])("a token %s is valid", async (_, claims) => {
  const { issuer, verifier } = await startVerifier();
  expect(await verifier.check(await issuer.sign(claims()))).toBeUndefined();
});

test("a token in a thousand deliveries is verified once", async () => {
  const { issuer, verifier, verified } = await startVerifier();
  const token = await issuer.sign();
  for (let index = 0; index < 1_000; index++) expect(await verifier.check(token)).toBeUndefined();
  expect(verified()).toBe(1);
});

test("a remembered token is rejected after it has expired", async () => {
  const { issuer, verifier, pass } = await startVerifier();
  const token = await issuer.sign({ exp: nowS() + 60 });
  expect(await verifier.check(token)).toBeUndefined();
  pass(100);
  expect(await verifier.check(token)).toMatchObject({ kind: "unauthenticated" });
});

test("a remembered token is rejected after its key was revoked", async () => {
  const { issuer, verifier, pass } = await startVerifier();
  const token = await issuer.sign({ exp: nowS() + 7_200 });
  expect(await verifier.check(token)).toBeUndefined();
  issuer.key = await testKey("second");
  pass(3_600);
  expect(await verifier.check(token)).toMatchObject({
    detail: expect.stringContaining('its issuer has no key "first"'),
  });
});

test("only the newest 500 valid tokens are remembered, and a rejected token is verified every time", async () => {
  const { issuer, verifier, verified } = await startVerifier();
  const tokens = await Promise.all(Array.from({ length: 501 }, (_, index) => issuer.sign({ jti: String(index) })));
  for (const token of tokens) await verifier.check(token);
  expect(verified()).toBe(501);
  await verifier.check(tokens[500] ?? "");
  expect(verified()).toBe(501);
  await verifier.check(tokens[0] ?? "");
  expect(verified()).toBe(502);
  const foreign = await issuer.sign({ aud: "https://other.test" });
  await verifier.check(foreign);
  await verifier.check(foreign);
  expect(verified()).toBe(504);
});

test("without keys a token is neither accepted nor rejected as invalid", async () => {
  const { issuer, verifier } = await startVerifier();
  issuer.answer = (outgoing) => outgoing.writeHead(500).end();
  expect(await verifier.check(await issuer.sign())).toEqual({
    kind: "keys-unavailable",
    message: "the OIDC token cannot be verified at present",
    detail: expect.stringMatching(/^the keys of Google are unavailable: GET https:.* failed: it answered 500$/),
  });
});

test("after a key rotation, tokens of the new key are accepted at once", async () => {
  const { issuer, verifier, pass } = await startVerifier();
  await verifier.check(await issuer.sign());
  issuer.key = await testKey("second");
  pass(10);
  expect(await verifier.check(await issuer.sign())).toBeUndefined();
  expect(issuer.requests()).toBe(2);
});

test("a token of an emulator is checked against the emulator's clock, which a test can set", async () => {
  const base = "http://emulator.test";
  const issuer = await startIssuer();
  const pages: Record<string, () => Promise<Response>> = {
    [`${base}/.well-known/openid-configuration`]: async () => Response.json({ issuer: base, jwks_uri: `${base}/keys` }),
    [`${base}/keys`]: () => fetch(issuer.url),
  };
  const source = emulatorKeys(base, { fetch: async (url) => pages[String(url)]?.() ?? Response.error() });
  const { verifier } = await startVerifier({ source, intervalMs: 0, useIssueTime: true });
  const past = { iss: base, iat: 1_000_000_000, exp: 1_000_003_600 };
  expect(await verifier.check(await issuer.sign(past))).toBeUndefined();
  expect(await verifier.check(await issuer.sign({ ...past, exp: past.iat - 60 }))).toMatchObject({
    message: "the OIDC token expired at 2001-09-09T01:45:40.000Z",
  });
  expect(await verifier.check(await issuer.sign({ ...past, iat: 1e300 }))).toMatchObject({ kind: "unauthenticated" });
  expect(await verifier.check(await issuer.sign())).toMatchObject({
    detail: expect.stringContaining(`its issuer is "https://accounts.google.com", expected "${base}"`),
  });
});
