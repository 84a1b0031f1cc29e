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

test("the details of a token are its account, scope and remaining lifetime, as in Google's tokeninfo", () => {
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

test("a token is reused per account and scope until five minutes before it expires", () => {
  const { clock, tokens } = newTokens();
  const token = tokens.mint(request);
  clock.advance("55m");
  expect(tokens.mint(request)).toBe(token);
  clock.advance("1s");
  expect(tokens.mint(request)).not.toBe(token);
  expect(tokens.info(token)).toMatchObject({ expires_in: "299" });
});

test("another scope or another account gets its own token", () => {
  const { tokens } = newTokens();
  const other = tokens.mint({ ...request, scope: "https://www.googleapis.com/auth/devstorage.read_only" });
  const minted = [request, { ...request, serviceAccountEmail: "b@example.com" }].map((one) => tokens.mint(one));
  expect(new Set([other, ...minted]).size).toBe(3);
  expect(tokens.info(other)?.scope).toBe("https://www.googleapis.com/auth/devstorage.read_only");
});

test("an expired or unknown token has no details", () => {
  const { clock, tokens } = newTokens();
  const token = tokens.mint(request);
  clock.advance("1h");
  expect(tokens.info(token)).toBeUndefined();
  expect(tokens.info("ya29.emulator.forged")).toBeUndefined();
});

test("beyond 10,000 tokens the oldest are dropped", () => {
  const { tokens } = newTokens();
  const first = tokens.mint(request);
  const others = Array.from({ length: 10_000 }, (_, index) => tokens.mint({ ...request, scope: `scope${index}` }));
  expect(tokens.info(first)).toBeUndefined();
  expect(tokens.mint(request)).not.toBe(first);
  expect(tokens.info(others.at(-1) ?? "")?.scope).toBe("scope9999");
});
