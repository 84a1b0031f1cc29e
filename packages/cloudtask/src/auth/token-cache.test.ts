import { expect, onTestFinished, test, vi } from "vitest";
import { createTokenCache, type TokenCache } from "./token-cache.ts";
import type { AccessToken, TokenSource } from "./token-source.ts";

const MINUTE = 60_000;

/** A source of tokens t1, t2, … that live an hour, under a clock that a test turns. */
function world(lifeMs = 60 * MINUTE) {
  const clock = { time: 1_000_000 };
  const broken = { by: undefined as Error | undefined };
  let asked = 0;
  async function source(): Promise<AccessToken> {
    asked += 1;
    const token = `t${asked}`;
    await Promise.resolve();
    return broken.by ? Promise.reject(broken.by) : { token, expiresAt: new Date(clock.time + lifeMs) };
  }
  const cache = createTokenCache(source, () => clock.time);
  return { cache, clock, broken, asked: () => asked };
}

async function tokenOf(cache: TokenCache): Promise<string> {
  return (await cache.get()).token;
}

const settled = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));

test("a token is asked for once, however many calls wait for it", async () => {
  const { cache, asked } = world();
  const tokens = await Promise.all(Array.from({ length: 50 }, () => tokenOf(cache)));
  expect(new Set(tokens)).toEqual(new Set(["t1"]));
  expect(asked()).toBe(1);
});

test("a kept token is at hand without a promise", async () => {
  const { cache } = world();
  await cache.get();
  expect(cache.get()).toMatchObject({ token: "t1" });
});

test("four minutes before its end a token is renewed in the background, while the old one serves", async () => {
  const { cache, clock, asked } = world();
  await cache.get();
  clock.time += 56 * MINUTE - 1;
  expect(cache.get()).toMatchObject({ token: "t1" });
  expect(asked()).toBe(1);
  clock.time += 1;
  expect(Array.from({ length: 5 }, () => cache.get())).toEqual(Array(5).fill(expect.objectContaining({ token: "t1" })));
  expect(asked()).toBe(2);
  await settled();
  expect(cache.get()).toMatchObject({ token: "t2" });
});

test("a renewal that fails fails no call while the old token is good, and is tried again after a pause", async () => {
  const { cache, clock, broken, asked } = world();
  await cache.get();
  broken.by = new Error("down");
  clock.time += 57 * MINUTE;
  expect(cache.get()).toMatchObject({ token: "t1" });
  await settled();
  expect(cache.get()).toMatchObject({ token: "t1" });
  expect(asked()).toBe(2);
  clock.time += 10_000;
  broken.by = undefined;
  expect(cache.get()).toMatchObject({ token: "t1" });
  await settled();
  expect(cache.get()).toMatchObject({ token: "t3" });
});

test("an expired token is replaced before the call, and a failure is the call's", async () => {
  const { cache, clock, broken } = world();
  await cache.get();
  clock.time += 60 * MINUTE;
  expect(await tokenOf(cache)).toBe("t2");
  clock.time += 60 * MINUTE;
  broken.by = new Error("down");
  await expect(Promise.resolve(cache.get())).rejects.toBe(broken.by);
});

test("after a failure the next call asks again", async () => {
  const { cache, broken } = world();
  broken.by = new Error("down");
  await expect(Promise.resolve(cache.get())).rejects.toThrow("down");
  broken.by = undefined;
  expect(await tokenOf(cache)).toBe("t2");
});

test("tokens that never live longer than the margin are not renewed with every call", async () => {
  const { cache, asked } = world(2 * MINUTE);
  for (let call = 0; call < 10; call += 1) await cache.get();
  expect(asked()).toBe(1);
});

test("a refused token is forgotten; one that has been replaced meanwhile is not", async () => {
  const { cache, asked } = world();
  const first = await cache.get();
  cache.invalidate(first);
  expect(await tokenOf(cache)).toBe("t2");
  cache.invalidate(first);
  expect(await tokenOf(cache)).toBe("t2");
  expect(asked()).toBe(2);
});

test("a bare string is asked for with every call", async () => {
  let asked = 0;
  const cache = createTokenCache(() => `t${++asked}`);
  expect([await tokenOf(cache), await tokenOf(cache)]).toEqual(["t1", "t2"]);
});

test("a newline at the end, as command lines print it, is cut off", async () => {
  const expiresAt = new Date(Date.now() + MINUTE);
  expect(await createTokenCache(() => "abc\n").get()).toEqual({ token: "abc" });
  expect(await createTokenCache(() => ({ token: " abc\r\n", expiresAt })).get()).toEqual({ token: "abc", expiresAt });
});

test.each([
  { given: "", complaint: /is empty/ },
  { given: "  \n", complaint: /is empty/ },
  { given: "s3cret\nx-evil: 1", complaint: /no header can carry/ },
  { given: "s3cret-ž", complaint: /no header can carry/ },
  { given: undefined, complaint: /expected a string, or \{ token, expiresAt: Date \}/ },
  { given: null, complaint: /expected a string/ },
  { given: 7, complaint: /expected a string/ },
  { given: {}, complaint: /expected a string/ },
  { given: { token: 7 }, complaint: /expected a string/ },
  { given: { token: "s3cret", expiresAt: "2026-01-01" }, complaint: /expiresAt is not a valid Date/ },
  { given: { token: "s3cret", expiresAt: new Date("never") }, complaint: /expiresAt is not a valid Date/ },
])("$given is no token, and is not repeated in the message", async ({ given, complaint }) => {
  const cache = createTokenCache((() => given) as unknown as TokenSource);
  const failure = await Promise.resolve(cache.get()).catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: "CredentialsError", message: expect.stringMatching(complaint) });
  expect(failure).not.toMatchObject({ message: expect.stringContaining("s3cret") });
});

test("a source that never answers is given up after 30 s, and asked anew", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const answers = [new Promise<string>(() => undefined), "t2"];
  const cache = createTokenCache(() => answers.shift() ?? "none");
  const failing = Promise.all([cache.get(), cache.get()]).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await failing).toMatchObject({
    name: "CredentialsError",
    message: "The token source gave no access token within 30s.",
  });
  expect(await tokenOf(cache)).toBe("t2");
  expect(vi.getTimerCount()).toBe(0);
});
