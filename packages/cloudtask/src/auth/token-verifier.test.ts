import { expect, onTestFinished, test, vi } from "vitest";
import {
  ACCOUNT,
  nowS,
  startIssuer,
  type TestIssuer,
  type TestKey,
  testKey,
  WORKER_URL,
} from "../../test/support/issuer.ts";
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

/** Answers with these keys, for a day. */
function publish(issuer: TestIssuer, keys: readonly object[]): void {
  issuer.answer = (outgoing) => {
    outgoing.setHeader("Cache-Control", "max-age=86400");
    outgoing.end(JSON.stringify({ keys }));
  };
}

/** Damages the modulus of a key, which can still be imported. */
function damaged({ n = "", ...jwk }: TestKey["jwk"]): object {
  return { ...jwk, n: `${n.slice(0, 20)}AAAA${n.slice(24)}` };
}

const unusable: readonly (readonly [string, (jwk: TestKey["jwk"]) => object])[] = [
  ["too short", (jwk) => ({ ...jwk, n: "AQAB" })],
  ["malformed", (jwk) => ({ ...jwk, n: "?" })],
  ["far too large", (jwk) => ({ ...jwk, n: "A".repeat(100_000) })],
  ["of another algorithm", (jwk) => ({ ...jwk, alg: "PS256" })],
  ["for encryption", (jwk) => ({ ...jwk, use: "enc" })],
  ["for other operations", (jwk) => ({ ...jwk, key_ops: ["encrypt"] })],
  ["of another type", ({ kid }) => ({ kid, kty: "EC", crv: "P-256" })],
  ["damaged", damaged],
];

test.each(unusable)("a key that is %s locks no token out: the next good answer is used", async (_, spoil) => {
  const { issuer, verifier, pass } = await startVerifier();
  const token = await issuer.sign({ exp: nowS() + 200_000 });
  expect(await verifier.check(token)).toBeUndefined();
  const other = await testKey("second");
  publish(issuer, [spoil(issuer.key.jwk), other.jwk]);
  pass(3_600);
  expect(await verifier.check(token)).toMatchObject({ kind: "unauthenticated" });
  publish(issuer, [issuer.key.jwk, other.jwk]);
  pass(10);
  expect(await verifier.check(token)).toBeUndefined();
});

test.each(unusable)("a key that is %s does not hide a good key with the same id", async (_, spoil) => {
  const { issuer, verifier } = await startVerifier();
  publish(issuer, [spoil(issuer.key.jwk), issuer.key.jwk]);
  expect(await verifier.check(await issuer.sign())).toBeUndefined();
});

test("two keys with the same id both verify tokens", async () => {
  const { issuer, verifier } = await startVerifier();
  const second = await testKey("second");
  publish(issuer, [{ ...second.jwk, kid: "first" }, issuer.key.jwk]);
  expect(await verifier.check(await issuer.sign())).toBeUndefined();
  expect(await verifier.check(await issuer.sign({}, { kid: "first" }, second))).toBeUndefined();
});

test("a key with more operations than verification is used", async () => {
  const { issuer, verifier } = await startVerifier();
  publish(issuer, [{ ...issuer.key.jwk, key_ops: ["sign", "verify", "verify"], ext: false }]);
  expect(await verifier.check(await issuer.sign())).toBeUndefined();
});

test("tokens with forged signatures cause one request for keys in ten seconds", async () => {
  const { issuer, verifier, pass } = await startVerifier();
  const forged = await issuer.sign({}, { kid: "first" }, await testKey("second"));
  for (let second = 0; second < 30; second++) {
    expect(await verifier.check(forged)).toMatchObject({ kind: "unauthenticated" });
    pass(1);
  }
  expect(issuer.requests()).toBe(3);
});
