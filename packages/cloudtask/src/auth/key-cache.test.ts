import { expect, onTestFinished, test, vi } from "vitest";
import { startIssuer, type TestIssuer, testKey } from "../../test/support/issuer.ts";
import { KeyCache, type KeyCacheOptions, type KnownKeys } from "./key-cache.ts";
import { googleKeys, type KeySource } from "./key-source.ts";

const HOUR_MS = 3_600_000;

interface Bench {
  readonly issuer: TestIssuer;
  readonly cache: KeyCache;
  /** Asks for the keys of a token with that key id. */
  readonly get: (kid: string) => Promise<KnownKeys>;
  readonly pass: (ms: number) => void;
  readonly stale: readonly string[];
}

/** A cache of the keys of an issuer, on a clock that the test turns. */
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
    get: (kid) => cache.get(({ ids }) => ids.has(kid)),
    pass: (ms) => {
      now += ms;
    },
    stale,
  };
}

const down: NonNullable<TestIssuer["answer"]> = (outgoing) => outgoing.writeHead(503).end();

test("keys are asked for once, and again when the answer's max-age is over", async () => {
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
  ["a max-age of nothing", "max-age=0", 60_000],
  ["a max-age of a year", "max-age=31536000", 24 * HOUR_MS],
])("with %s they are kept for a sensible time", async (_, header, keptMs) => {
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

test("a thousand calls wait for one request", async () => {
  const { issuer, get } = await startCache();
  const all = await Promise.all(Array.from({ length: 1_000 }, () => get("first")));
  expect(new Set(all).size).toBe(1);
  expect(issuer.requests()).toBe(1);
});

test("a key that is not known yet is found by asking once more", async () => {
  const { issuer, get, pass } = await startCache();
  await get("first");
  issuer.key = await testKey("second");
  pass(10_000);
  const found = await Promise.all(Array.from({ length: 100 }, () => get("second")));
  expect(found.every(({ ids }) => ids.has("second"))).toBe(true);
  expect(issuer.requests()).toBe(2);
});

test("a stranger with keys that he makes up causes one request in ten seconds", async () => {
  const { issuer, get, pass } = await startCache();
  for (let second = 0; second < 60; second++) {
    for (let index = 0; index < 20; index++) {
      expect((await get(`made-up-${second}-${index}`)).ids).not.toContain(`made-up-${second}-${index}`);
    }
    pass(1_000);
  }
  expect(issuer.requests()).toBe(6);
});

test("an endpoint that is down locks out no key that is known, and is asked less and less often", async () => {
  const { issuer, get, pass, stale } = await startCache();
  await get("first");
  issuer.answer = down;
  pass(HOUR_MS);
  for (let second = 0; second < 60; second++) {
    expect((await get("first")).ids).toContain("first");
    pass(1_000);
  }
  // After 1, 2, 4, 8, 16 and 30 s.
  expect(issuer.requests()).toBe(1 + 6);
  expect(stale).toHaveLength(6);
  expect(stale[0]).toMatch(/^the keys of Google could not be renewed: GET https:.*certs failed: it answered 503$/);
});

test("keys that could not be renewed for a day are trusted no longer", async () => {
  const { issuer, get, pass } = await startCache();
  await get("first");
  issuer.answer = down;
  pass(HOUR_MS + 24 * HOUR_MS - 1);
  expect((await get("first")).ids).toContain("first");
  pass(60_000);
  await expect(get("first")).rejects.toThrow("the keys of Google cannot be had: GET https");
});

test("while the endpoint is down, nobody can tell whether a key that is not known is a good one", async () => {
  const { issuer, get, pass } = await startCache();
  await get("first");
  issuer.answer = down;
  pass(10_000);
  await expect(get("second")).rejects.toMatchObject({ name: "KeysUnavailable" });
  await expect(get("second")).rejects.toMatchObject({ name: "KeysUnavailable" });
  expect((await get("first")).ids).toContain("first");
  expect(issuer.requests()).toBe(2);
});

test("an endpoint that comes back is believed at once", async () => {
  const { issuer, get, pass } = await startCache();
  issuer.answer = down;
  await expect(get("first")).rejects.toThrow("it answered 503");
  issuer.answer = undefined;
  await expect(get("first")).rejects.toThrow("it answered 503");
  pass(1_000);
  expect((await get("first")).ids).toContain("first");
  expect(issuer.requests()).toBe(2);
});

test.each<[string, string]>([
  ["no keys", '{"keys":[]}'],
  ["no list of keys", '{"keys":{}}'],
  ["keys of another kind alone", '{"keys":[{"kty":"EC","kid":"first"}]}'],
  ["keys without ids", '{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}'],
  ["something else", "null"],
  ["what is no JSON", "<html>"],
])("an answer with %s does not take the place of keys that are known", async (_, body) => {
  const { issuer, get, pass, stale } = await startCache();
  await get("first");
  issuer.answer = (outgoing) => outgoing.end(body);
  pass(HOUR_MS);
  expect((await get("first")).ids).toContain("first");
  expect(stale).toHaveLength(1);
});

test("an endpoint that never answers is given up in time", async () => {
  const { issuer, get } = await startCache({}, 50);
  issuer.answer = () => undefined;
  await expect(get("first")).rejects.toThrow(/the keys of Google cannot be had: GET .* failed: .*timeout/);
});

test("where requests may not wait for one another, each asks for itself", async () => {
  vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" });
  onTestFinished(() => void vi.unstubAllGlobals());
  const { issuer, get } = await startCache();
  await Promise.all([get("first"), get("first"), get("first")]);
  expect(issuer.requests()).toBe(3);
  await get("first");
  expect(issuer.requests()).toBe(3);
});

test("a clock that is set back makes keys be asked for again: no stamp may hold for longer than it was made for", async () => {
  const { issuer, get, pass } = await startCache();
  await get("first");
  pass(-48 * HOUR_MS);
  await get("first");
  expect(issuer.requests()).toBe(2);
  await get("first");
  expect(issuer.requests()).toBe(2);
});

test("where each asks for itself, strangers at the same time cause one request", async () => {
  vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" });
  onTestFinished(() => void vi.unstubAllGlobals());
  const { issuer, get, pass } = await startCache();
  await get("first");
  pass(10_000);
  await Promise.all(Array.from({ length: 100 }, (_, index) => get(`made-up-${index}`)));
  expect(issuer.requests()).toBe(2);
});
