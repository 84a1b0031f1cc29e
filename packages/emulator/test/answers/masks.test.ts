import { type Fixture, invalid, LOCATION, NONE, QUEUE, runFixtures } from "./support/fixture.ts";
import { badTarget } from "./support/messages.ts";
import type { Call } from "./support/protocols.ts";

const stored = {
  rateLimits: { maxDispatchesPerSecond: 100, maxConcurrentDispatches: 7 },
  retryConfig: { maxAttempts: 3, minBackoff: "1s", maxBackoff: "10s", maxDoublings: 2 },
};
const requested = {
  rateLimits: { maxDispatchesPerSecond: 333 },
  retryConfig: { maxAttempts: 9 },
  state: "RUNNING",
};
const unchanged = {
  rateLimits: { maxDispatchesPerSecond: 100, maxBurstSize: 20, maxConcurrentDispatches: 7 },
  retryConfig: stored.retryConfig,
  state: "PAUSED",
};
const defaultRetry = { maxAttempts: 100, minBackoff: "0.100s", maxBackoff: "3600s", maxDoublings: 16 };

const before: readonly Call[] = [["updateQueue", { queue: { name: QUEUE, ...stored } }]];

function update(paths: readonly string[] | undefined, queue: object = requested, name: string = QUEUE): Call {
  return ["updateQueue", { queue: { name, ...queue }, ...(paths && { updateMask: { paths: [...paths] } }) }];
}

function masked(when: string, paths: readonly string[] | undefined, answer: object, queue?: object): Fixture {
  return { when, given: before, call: update(paths, queue), answer };
}

const effects: readonly Fixture[] = [
  masked("an update without mask replaces every field", undefined, {
    rateLimits: { maxDispatchesPerSecond: 333, maxBurstSize: 66, maxConcurrentDispatches: 1000 },
    retryConfig: { ...defaultRetry, maxAttempts: 9 },
    state: "PAUSED",
  }),
  masked("a mask without paths changes nothing", [], unchanged),
  masked("a message is replaced whole", ["rate_limits"], {
    ...unchanged,
    rateLimits: { maxDispatchesPerSecond: 333, maxBurstSize: 66, maxConcurrentDispatches: 1000 },
  }),
  masked(
    "an unset message goes back to its defaults",
    ["retry_config"],
    { ...unchanged, retryConfig: defaultRetry },
    {},
  ),
  masked("a field changes alone, and the burst size follows", ["rate_limits.max_dispatches_per_second"], {
    ...unchanged,
    rateLimits: { maxDispatchesPerSecond: 333, maxBurstSize: 66, maxConcurrentDispatches: 7 },
  }),
  masked("two fields", ["retry_config.max_attempts", "retry_config.max_doublings"], {
    ...unchanged,
    retryConfig: { ...stored.retryConfig, maxAttempts: 9, maxDoublings: 16 },
  }),
  ...["name", "state", "purge_time", "rate_limits.max_burst_size"].map((path) =>
    masked(`the path ${path} changes nothing`, [path], unchanged),
  ),
];

const invalidPaths = [
  "bogus",
  "rate_limits.bogus",
  "state.bogus",
  "rate_limits.max_dispatches_per_second.bogus",
  " state",
  "",
  "state,name",
  "*",
];

const refused: readonly Fixture[] = [
  ...[...invalidPaths, "rateLimits.maxDispatchesPerSecond"].map(
    (path): Fixture => ({
      when: `the mask ${JSON.stringify(path)}`,
      call: update([path]),
      error: invalid(`Invalid mask: ${path}`),
      only: "gRPC",
    }),
  ),
  {
    when: "the mask bogusField in camelCase",
    call: update(["bogus_field"]),
    error: invalid("Invalid mask: bogus_field"),
  },
  {
    when: "a bad mask on a queue that is not there",
    call: update(["bogus"], requested, NONE),
    error: invalid("Invalid mask: bogus"),
  },
  {
    when: "a target that is not in the mask",
    call: update(["retry_config"], { httpTarget: { uriOverride: { host: "" } } }),
    error: badTarget("Invalid Host."),
  },
  {
    when: "a field that does not fit the stored ones",
    given: before,
    call: update(["retry_config.min_backoff"], { retryConfig: { minBackoff: "20s" } }),
    error: invalid("RetryConfig.minBackoff must be less than or equal to RetryConfig.maxBackoff."),
  },
  ...[{}, { httpTarget: {} }, { httpTarget: { uriOverride: { port: "1" } } }].map(
    (queue): Fixture => ({
      when: `a host that is not in ${JSON.stringify(queue)}, on a queue without target`,
      call: update(["http_target.uri_override.host"], queue),
      error: badTarget("Invalid uri_override."),
    }),
  ),
];

const oidcToken = { serviceAccountEmail: "a@example.com", audience: "https://a.example.com" };
const oauthToken = { serviceAccountEmail: "b@example.com", scope: "s" };
const withOidc: readonly Call[] = [update(undefined, { httpTarget: { oidcToken } })];

const targets: readonly Fixture[] = [
  {
    when: "a path into a token that the request does not have leaves an empty target",
    call: update(["http_target.oidc_token.service_account_email"], { httpTarget: { oauthToken } }),
    answer: { httpTarget: {} },
  },
  {
    when: "a field of the token changes alone",
    given: withOidc,
    call: update(["http_target.oidc_token.service_account_email"], {
      httpTarget: { oidcToken: { serviceAccountEmail: "b@example.com" } },
    }),
    answer: { httpTarget: { oidcToken: { ...oidcToken, serviceAccountEmail: "b@example.com" } } },
  },
  {
    when: "clearing a token that is not set keeps the other",
    given: withOidc,
    call: update(["http_target.oauth_token"], {}),
    answer: { httpTarget: { oidcToken } },
  },
  {
    when: "clearing the token",
    given: withOidc,
    call: update(["http_target.oidc_token"], {}),
    answer: { httpTarget: {} },
  },
  {
    when: "clearing the target",
    given: withOidc,
    call: update(["http_target"], {}),
    exactly: {
      name: QUEUE,
      rateLimits: { maxDispatchesPerSecond: 500, maxBurstSize: 100, maxConcurrentDispatches: 1000 },
      retryConfig: defaultRetry,
      state: "PAUSED",
    },
  },
];

const creations: readonly Fixture[] = [
  {
    when: "a queue is created with the masked fields and the defaults",
    call: update(["retry_config.max_attempts"], { ...stored, state: "PAUSED" }, NONE),
    exactly: {
      name: NONE,
      rateLimits: { maxDispatchesPerSecond: 500, maxBurstSize: 100, maxConcurrentDispatches: 1000 },
      retryConfig: { ...defaultRetry, maxAttempts: 3 },
      state: "RUNNING",
    },
  },
  {
    when: "a queue is created without mask",
    call: update(undefined, stored, `${LOCATION}/queues/other`),
    answer: { rateLimits: unchanged.rateLimits, retryConfig: stored.retryConfig, state: "RUNNING" },
  },
];

runFixtures([...effects, ...refused, ...targets, ...creations]);
