import { expect, onTestFinished, test, vi } from "vitest";
import { startIssuer, type TestIssuer, testKey } from "../../test/support/issuer.ts";
import { type IssuerKeys, KeyCache, type KeyCacheOptions } from "./key-cache.ts";
import { googleKeys, type KeySource } from "./key-source.ts";

const HOUR_MS = 3_600_000;

interface Bench {
  readonly issuer: TestIssuer;
  readonly cache: KeyCache;
  /** Requests the keys of a token with this key id. */
  readonly get: (kid: string) => Promise<IssuerKeys>;
  readonly pass: (ms: number) => void;
  readonly stale: readonly string[];
}

/** Creates a cache of an issuer's keys, with a clock that the test advances. */
async function startCache(options: Partial<KeyCacheOptions> = {}, timeoutMs = 3_000): Promise<Bench> {
  const issuer = await startIssuer();
  const stale: string[] = [];
  let now = 1_000_000;
  const source: KeySource = googleKeys({ fetch: (_, init) => fetch(issuer.url, init), timeoutMs });
  const cache = new KeyCache(source, {
    intervalMs: 10_000,
    retryMs: 1_000,
    onStale: (problem) => stale.push(problem),
    now: () => now,
    ...options,
  });
  return {
    issuer,
    cache,
    get: (kid) => cache.get(({ byId }) => byId.has(kid)),
    pass: (ms) => {
      now += ms;
    },
    stale,
  };
}

const down: NonNullable<TestIssuer["answer"]> = (outgoing) => outgoing.writeHead(503).end();

test("keys are requested once, and again after the answer's max-age", async () => {
  const { issuer, get, pass } = await startCache();
  await get("first");
  pass(HOUR_MS - 1);
  await get("first");
  expect(issuer.requests()).toBe(1);
  pass(1);
  await get("first");
  expect(issuer.requests()).toBe(2);
});

test.each([
  ["no max-age", undefined, 5 * 60_000],
  ["a max-age of 0", "max-age=0", 60_000],
  ["a max-age of a year", "max-age=31536000", 24 * HOUR_MS],
])("with %s keys are cached for a limited time", async (_, header, keptMs) => {
  const { issuer, get, pass } = await startCache();
  issuer.answer = (outgoing) => {
    if (header !== undefined) outgoing.setHeader("Cache-Control", header);
    outgoing.end(JSON.stringify({ keys: [issuer.key.jwk] }));
  };
  await get("first");
  pass(keptMs - 1);
  await get("first");
  expect(issuer.requests()).toBe(1);
  pass(1);
  await get("first");
  expect(issuer.requests()).toBe(2);
});

test("a thousand calls share one request", async () => {
  const { issuer, get } = await startCache();
  const all = await Promise.all(Array.from({ length: 1_000 }, () => get("first")));
  expect(new Set(all).size).toBe(1);
  expect(issuer.requests()).toBe(1);
});

test("a new key is found by one more request", async () => {
  const { issuer, get, pass } = await startCache();
  await get("first");
  issuer.key = await testKey("second");
  pass(10_000);
  const found = await Promise.all(Array.from({ length: 100 }, () => get("second")));
  expect(found.every(({ byId }) => byId.has("second"))).toBe(true);
  expect(issuer.requests()).toBe(2);
});

test("an unauthenticated caller with invented keys causes one request in ten seconds", async () => {
  const { issuer, get, pass } = await startCache();
  for (let second = 0; second < 60; second++) {
    for (let index = 0; index < 20; index++) {
      expect((await get(`made-up-${second}-${index}`)).byId.has(`made-up-${second}-${index}`)).toBe(false);
    }
    pass(1_000);
  }
  expect(issuer.requests()).toBe(6);
});

test("while the endpoint is down, cached keys remain in use and requests become less frequent", async () => {
  const { issuer, get, pass, stale } = await startCache();
  await get("first");
  issuer.answer = down;
  pass(HOUR_MS);
  for (let second = 0; second < 60; second++) {
    expect((await get("first")).byId.has("first")).toBe(true);
    pass(1_000);
  }
  // After 1, 2, 4, 8, 16 and 30 s.
  expect(issuer.requests()).toBe(1 + 6);
  expect(stale).toHaveLength(6);
  expect(stale[0]).toMatch(/^the keys of Google could not be renewed: GET https:.*certs failed: it answered 503$/);
});

test("keys that could not be renewed for a day are no longer used", async () => {
  const { issuer, get, pass } = await startCache();
  await get("first");
  issuer.answer = down;
  pass(HOUR_MS + 24 * HOUR_MS - 1);
  expect((await get("first")).byId.has("first")).toBe(true);
  pass(60_000);
  await expect(get("first")).rejects.toThrow("the keys of Google are unavailable: GET https");
});

test("while the endpoint is down, an unknown key throws KeysUnavailableError", async () => {
  const { issuer, get, pass } = await startCache();
  await get("first");
  issuer.answer = down;
  pass(10_000);
  await expect(get("second")).rejects.toMatchObject({ name: "KeysUnavailableError" });
  await expect(get("second")).rejects.toMatchObject({ name: "KeysUnavailableError" });
  expect((await get("first")).byId.has("first")).toBe(true);
  expect(issuer.requests()).toBe(2);
});

test("the keys of a recovered endpoint are used after the retry wait", async () => {
  const { issuer, get, pass } = await startCache();
  issuer.answer = down;
  await expect(get("first")).rejects.toThrow("it answered 503");
  issuer.answer = undefined;
  await expect(get("first")).rejects.toThrow("it answered 503");
  pass(1_000);
  expect((await get("first")).byId.has("first")).toBe(true);
  expect(issuer.requests()).toBe(2);
});

test.each<[string, string]>([
  ["no keys", '{"keys":[]}'],
  ["no list of keys", '{"keys":{}}'],
  ["only keys of another type", '{"keys":[{"kty":"EC","kid":"first"}]}'],
  ["keys without ids", '{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}'],
  ["null", "null"],
  ["no JSON", "<html>"],
])("an answer with %s does not replace the cached keys", async (_, body) => {
  const { issuer, get, pass, stale } = await startCache();
  await get("first");
  issuer.answer = (outgoing) => outgoing.end(body);
  pass(HOUR_MS);
  expect((await get("first")).byId.has("first")).toBe(true);
  expect(stale).toHaveLength(1);
});

test("a request to an endpoint that never answers times out", async () => {
  const { issuer, get } = await startCache({}, 50);
  issuer.answer = () => undefined;
  await expect(get("first")).rejects.toThrow(/the keys of Google are unavailable: GET .* failed: .*timeout/);
});

test("if requests cannot be shared, each call makes its own", async () => {
  vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" });
  onTestFinished(() => void vi.unstubAllGlobals());
  const { issuer, get } = await startCache();
  await Promise.all([get("first"), get("first"), get("first")]);
  expect(issuer.requests()).toBe(3);
  await get("first");
  expect(issuer.requests()).toBe(3);
});

test("after the clock is set back, keys are requested again", async () => {
  const { issuer, get, pass } = await startCache();
  await get("first");
  pass(-48 * HOUR_MS);
  await get("first");
  expect(issuer.requests()).toBe(2);
  await get("first");
  expect(issuer.requests()).toBe(2);
});

test("if requests cannot be shared, concurrent unauthenticated callers cause one request", async () => {
  vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" });
  onTestFinished(() => void vi.unstubAllGlobals());
  const { issuer, get, pass } = await startCache();
  await get("first");
  pass(10_000);
  await Promise.all(Array.from({ length: 100 }, (_, index) => get(`made-up-${index}`)));
  expect(issuer.requests()).toBe(2);
});
