import { expect, test } from "vitest";
import { ManualClock } from "../clock/manual-clock.ts";
import type { OAuthRequest } from "../engine/records.ts";
import { AccessTokens } from "./access-tokens.ts";

const START = "2030-01-01T00:00:00Z";
const request: OAuthRequest = { kind: "oauth", serviceAccountEmail: "tasks@example.com", scope: "" };

function newTokens(): { clock: ManualClock; tokens: AccessTokens } {
  const clock = new ManualClock(START);
  return { clock, tokens: new AccessTokens(() => clock.now()) };
}

test("a token tells its account, its scope and how long it is valid, as Google's tokeninfo does", () => {
  const { clock, tokens } = newTokens();
  const token = tokens.mint(request);
  clock.advance("10m");
  expect(token).toMatch(/^ya29\.[\w.-]{40,}$/);
  expect(tokens.info(token)).toEqual({
    azp: expect.stringMatching(/^\d{21}$/),
    aud: expect.stringMatching(/^\d{21}$/),
    scope: "https://www.googleapis.com/auth/cloud-platform",
    exp: String(Date.parse(START) / 1000 + 3600),
    expires_in: "3000",
    email: "tasks@example.com",
    email_verified: "true",
  });
});

test("an account and a scope share a token until five minutes before its end", () => {
  const { clock, tokens } = newTokens();
  const token = tokens.mint(request);
  clock.advance("55m");
  expect(tokens.mint(request)).toBe(token);
  clock.advance("1s");
  expect(tokens.mint(request)).not.toBe(token);
  expect(tokens.info(token)).toMatchObject({ expires_in: "299" });
});

test("another scope, and another account, get tokens of their own", () => {
  const { tokens } = newTokens();
  const other = tokens.mint({ ...request, scope: "https://www.googleapis.com/auth/devstorage.read_only" });
  const minted = [request, { ...request, serviceAccountEmail: "b@example.com" }].map((one) => tokens.mint(one));
  expect(new Set([other, ...minted]).size).toBe(3);
  expect(tokens.info(other)?.scope).toBe("https://www.googleapis.com/auth/devstorage.read_only");
});

test("a token that has expired, or is none, stands for nothing", () => {
  const { clock, tokens } = newTokens();
  const token = tokens.mint(request);
  clock.advance("1h");
  expect(tokens.info(token)).toBeUndefined();
  expect(tokens.info("ya29.emulator.forged")).toBeUndefined();
});

test("of very many tokens the oldest are forgotten", () => {
  const { tokens } = newTokens();
  const first = tokens.mint(request);
  const others = Array.from({ length: 10_000 }, (_, index) => tokens.mint({ ...request, scope: `scope${index}` }));
  expect(tokens.info(first)).toBeUndefined();
  expect(tokens.mint(request)).not.toBe(first);
  expect(tokens.info(others.at(-1) ?? "")?.scope).toBe("scope9999");
});
