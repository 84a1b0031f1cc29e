import { expect, onTestFinished, test, vi } from "vitest";
import { createTokenCache, type TokenCache } from "./token-cache.ts";
import type { AccessToken, TokenSource } from "./token-source.ts";

const MINUTE = 60_000;

/** Creates a cache for the tokens t1, t2, … with a lifetime of one hour, and a clock that the test advances. */
function scene(lifeMs = 60 * MINUTE) {
  const clock = { time: 1_000_000 };
  const broken = { by: undefined as Error | undefined };
  let requests = 0;
  async function source(): Promise<AccessToken> {
    requests += 1;
    const token = `t${requests}`;
    await Promise.resolve();
    return broken.by ? Promise.reject(broken.by) : { token, expiresAt: new Date(clock.time + lifeMs) };
  }
  const cache = createTokenCache(source, () => clock.time);
  return { cache, clock, broken, requests: () => requests };
}

async function tokenOf(cache: TokenCache): Promise<string> {
  return (await cache.get()).token;
}

const settled = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));

test("concurrent calls request one token", async () => {
  const { cache, requests } = scene();
  const tokens = await Promise.all(Array.from({ length: 50 }, () => tokenOf(cache)));
  expect(new Set(tokens)).toEqual(new Set(["t1"]));
  expect(requests()).toBe(1);
});

test("a cached token is returned without a promise", async () => {
  const { cache } = scene();
  await cache.get();
  expect(cache.get()).toMatchObject({ token: "t1" });
});

test("a token is renewed in the background four minutes before its expiry", async () => {
  const { cache, clock, requests } = scene();
  await cache.get();
  clock.time += 56 * MINUTE - 1;
  expect(cache.get()).toMatchObject({ token: "t1" });
  expect(requests()).toBe(1);
  clock.time += 1;
  expect(Array.from({ length: 5 }, () => cache.get())).toEqual(Array(5).fill(expect.objectContaining({ token: "t1" })));
  expect(requests()).toBe(2);
  await settled();
  expect(cache.get()).toMatchObject({ token: "t2" });
});

test("a failed renewal fails no call while the old token is valid, and is repeated after a pause", async () => {
  const { cache, clock, broken, requests } = scene();
  await cache.get();
  broken.by = new Error("down");
  clock.time += 57 * MINUTE;
  expect(cache.get()).toMatchObject({ token: "t1" });
  await settled();
  expect(cache.get()).toMatchObject({ token: "t1" });
  expect(requests()).toBe(2);
  clock.time += 10_000;
  broken.by = undefined;
  expect(cache.get()).toMatchObject({ token: "t1" });
  await settled();
  expect(cache.get()).toMatchObject({ token: "t3" });
});

test("an expired token is renewed before the call, and a failure rejects the call", async () => {
  const { cache, clock, broken } = scene();
  await cache.get();
  clock.time += 60 * MINUTE;
  expect(await tokenOf(cache)).toBe("t2");
  clock.time += 60 * MINUTE;
  broken.by = new Error("down");
  await expect(Promise.resolve(cache.get())).rejects.toBe(broken.by);
});

test("after a failure the next call requests a token again", async () => {
  const { cache, broken } = scene();
  broken.by = new Error("down");
  await expect(Promise.resolve(cache.get())).rejects.toThrow("down");
  broken.by = undefined;
  expect(await tokenOf(cache)).toBe("t2");
});

test("tokens with a short lifetime are not renewed with every call", async () => {
  const { cache, requests } = scene(2 * MINUTE);
  for (let call = 0; call < 10; call += 1) await cache.get();
  expect(requests()).toBe(1);
});

test("an invalidated token is replaced, unless it was replaced before", async () => {
  const { cache, requests } = scene();
  const first = await cache.get();
  cache.invalidate(first);
  expect(await tokenOf(cache)).toBe("t2");
  cache.invalidate(first);
  expect(await tokenOf(cache)).toBe("t2");
  expect(requests()).toBe(2);
});

test("a string token is requested with every call", async () => {
  let requests = 0;
  const cache = createTokenCache(() => `t${++requests}`);
  expect([await tokenOf(cache), await tokenOf(cache)]).toEqual(["t1", "t2"]);
});

test("whitespace around a token is removed", async () => {
  const expiresAt = new Date(Date.now() + MINUTE);
  expect(await createTokenCache(() => "abc\n").get()).toEqual({ token: "abc" });
  expect(await createTokenCache(() => ({ token: " abc\r\n", expiresAt })).get()).toEqual({ token: "abc", expiresAt });
});

test.each([
  { given: "", problem: /is empty/ },
  { given: "  \n", problem: /is empty/ },
  { given: "s3cret\nx-evil: 1", problem: /a header cannot contain/ },
  { given: "s3cret-ž", problem: /a header cannot contain/ },
  { given: undefined, problem: /expected a string, or \{ token, expiresAt: Date \}/ },
  { given: null, problem: /expected a string/ },
  { given: 7, problem: /expected a string/ },
  { given: {}, problem: /expected a string/ },
  { given: { token: 7 }, problem: /expected a string/ },
  { given: { token: "s3cret", expiresAt: "2026-01-01" }, problem: /expiresAt is not a valid Date/ },
  { given: { token: "s3cret", expiresAt: new Date("never") }, problem: /expiresAt is not a valid Date/ },
])("$given is rejected, and the message does not contain it", async ({ given, problem }) => {
  const cache = createTokenCache((() => given) as unknown as TokenSource);
  const failure = await Promise.resolve(cache.get()).catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: "CredentialsError", message: expect.stringMatching(problem) });
  expect(failure).not.toMatchObject({ message: expect.stringContaining("s3cret") });
});

test("a source that never answers fails after 30 s, and is called again", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const answers = [new Promise<string>(() => undefined), "t2"];
  const cache = createTokenCache(() => answers.shift() ?? "none");
  const failing = Promise.all([cache.get(), cache.get()]).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await failing).toMatchObject({
    name: "CredentialsError",
    message: "The token source returned no access token within 30s.",
  });
  expect(await tokenOf(cache)).toBe("t2");
  expect(vi.getTimerCount()).toBe(0);
});
