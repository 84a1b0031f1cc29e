import { type ExpectedError, type Fixture, invalid, QUEUE, runFixtures } from "./support/fixture.ts";
import { BAD_ARGUMENT, badTarget } from "./support/messages.ts";

type Rejected = readonly [what: string, httpTarget: object, error: ExpectedError];

function header(key: string, value = "v"): object {
  return { header: { key, value } };
}

function headers(...names: readonly string[]): object {
  return { headerOverrides: names.map((name) => header(name)) };
}

function headerError(found: string): ExpectedError {
  return invalid(
    `Error in parsing HttpTarget.headers. Header name cannot be empty or start with reserved prefixes. Invalid headers found: ${found}`,
  );
}

const reserved = [
  "Host",
  "hOsT",
  "User-Agent",
  "Content-Length",
  "Connection",
  "Transfer-Encoding",
  "X-Forwarded-For",
  "X-Google-Anything",
  "x-appengine-anything",
  "X-CloudTasks-TaskName",
];

const noEmail = invalid("service_account_email must be set.");

const rejected: readonly Rejected[] = [
  ["an empty host", { uriOverride: { host: "" } }, badTarget("Invalid Host.")],
  ["a host with a scheme", { uriOverride: { host: "http://example.com" } }, badTarget("Invalid Host.")],
  ["a host with a port", { uriOverride: { host: "example.com:80" } }, badTarget("Invalid Host.")],
  ["a host with a path", { uriOverride: { host: "example.com/a" } }, badTarget("Invalid Host.")],
  ["a negative port", { uriOverride: { port: "-1" } }, badTarget("Port number should be a positive integer.")],
  ["a UriOverride that sets nothing", { uriOverride: {} }, badTarget("Invalid uri_override.")],
  ["an unknown scheme", { uriOverride: { scheme: 9, host: "example.com" } }, badTarget("")],
  ["an unknown mode", { uriOverride: { uriOverrideEnforceMode: 9, host: "example.com" } }, badTarget("")],
  ["an unknown method", { httpMethod: 99 }, badTarget("")],
  ["an OIDC token without e-mail", { oidcToken: {} }, noEmail],
  ["an OAuth token without e-mail", { oauthToken: { scope: "s" } }, noEmail],
  ["an e-mail that is none", { oidcToken: { serviceAccountEmail: "nobody" } }, BAD_ARGUMENT],
  ["an empty header", headers(""), headerError("")],
  ["a header with a colon", headers("X:Y"), headerError("X:Y")],
  ["two reserved headers", headers("User-Agent", "X-Fine", "Host"), headerError("User-Agent, Host")],
  ...reserved.map((name): Rejected => [`the header ${name}`, headers(name), headerError(name)]),
];

const kept: readonly (readonly [what: string, httpTarget: object])[] = [
  ["a port beyond 65535", { uriOverride: { host: "example.com", port: "65536" } }],
  ["a path without a slash", { uriOverride: { pathOverride: { path: "a b" } } }],
  ["a query with a question mark", { uriOverride: { queryOverride: { queryParams: "?a=1" } } }],
  ["an audience without a scheme", { oidcToken: { serviceAccountEmail: "a@b", audience: "audience" } }],
  ["a scope without a scheme", { oauthToken: { serviceAccountEmail: "a@b", scope: "scope" } }],
  ["an OIDC token without audience", { oidcToken: { serviceAccountEmail: "a@b" } }],
  ["a header without value", { headerOverrides: [{ header: { key: "X-A" } }] }],
  ["a header with a line break in its value", { headerOverrides: [header("X-A", "a\r\nb")] }],
  ["the same header twice", { headerOverrides: [header("X-A", "1"), header("x-a", "2")] }],
  ["headers about content", headers("Content-Type", "Authorization")],
  ["nothing", {}],
  ["a whole target", { uriOverride: { scheme: "HTTP", host: "h", port: "1" }, httpMethod: "PUT" }],
];

runFixtures([
  ...rejected.map(
    ([what, httpTarget, error]): Fixture => ({
      when: `a target with ${what}`,
      call: ["updateQueue", { queue: { name: QUEUE, httpTarget } }],
      error,
    }),
  ),
  ...kept.map(
    ([what, httpTarget]): Fixture => ({
      when: `a target with ${what} is stored as sent`,
      given: [["updateQueue", { queue: { name: QUEUE, httpTarget } }]],
      call: ["getQueue", { name: QUEUE }],
      exactly: {
        name: QUEUE,
        rateLimits: { maxDispatchesPerSecond: 500, maxBurstSize: 100, maxConcurrentDispatches: 1000 },
        retryConfig: { maxAttempts: 100, minBackoff: "0.100s", maxBackoff: "3600s", maxDoublings: 16 },
        state: "PAUSED",
        httpTarget,
      },
    }),
  ),
  {
    when: "a header override without a header is dropped",
    call: ["updateQueue", { queue: { name: QUEUE, httpTarget: { headerOverrides: [{}, header("X-A")] } } }],
    answer: { httpTarget: { headerOverrides: [header("X-A")] } },
  },
]);
