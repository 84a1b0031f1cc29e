import { type ExpectedError, type Fixture, invalid, QUEUE, runFixtures } from "./support/fixture.ts";
import { BAD_ARGUMENT } from "./support/messages.ts";

const url = "http://127.0.0.1:9/a?b=2";
const google = "https://storage.googleapis.com/upload";
const email = "a@example.com";
const own = "own@example.com";
const noEmail = invalid("service_account_email must be set.");
const badHost = invalid(
  'Invalid url for HttpRequest.oauth_token. The hostname in the url must end with ".googleapis.com"',
);
const scope = "https://www.googleapis.com/auth/cloud-platform";

/** A task, on a queue whose target has a token. */
interface Row {
  readonly when: string;
  readonly target?: object;
  readonly request: object;
  readonly stored?: object;
  readonly error?: ExpectedError;
}

const rows: readonly Row[] = [
  { when: "an OIDC token without e-mail", request: { url, oidcToken: {} }, error: noEmail },
  { when: "an OAuth token without e-mail", request: { url: google, oauthToken: {} }, error: noEmail },
  ...["nobody", "@example.com", "a@", "a@b@c", "@"].map(
    (serviceAccountEmail): Row => ({
      when: `the e-mail ${serviceAccountEmail}`,
      request: { url, oidcToken: { serviceAccountEmail } },
      error: BAD_ARGUMENT,
    }),
  ),
  {
    when: "an audience without a scheme",
    request: { url, oidcToken: { serviceAccountEmail: email, audience: "audience" } },
    stored: { oidcToken: { serviceAccountEmail: email, audience: "audience" } },
  },
  {
    when: "a scope without a scheme",
    request: { url: google, oauthToken: { serviceAccountEmail: email, scope: "scope" } },
    stored: { oauthToken: { serviceAccountEmail: email, scope: "scope" } },
  },
  ...[url, "https://googleapis.com/", "https://notgoogleapis.com/", "https://x.googleapis.com.example.com/"].map(
    (each): Row => ({
      when: `an OAuth token for ${each}`,
      request: { url: each, oauthToken: { serviceAccountEmail: email } },
      error: badHost,
    }),
  ),
  {
    when: "an OAuth token without scope",
    request: { url: google, oauthToken: { serviceAccountEmail: email } },
    stored: { oauthToken: { serviceAccountEmail: email, scope } },
  },
  {
    when: "an OIDC token without audience",
    request: { url, oidcToken: { serviceAccountEmail: email } },
    stored: { oidcToken: { serviceAccountEmail: email, audience: url } },
  },
  {
    when: "an Authorization header beside a token",
    request: { url, headers: { Authorization: "mine" }, oidcToken: { serviceAccountEmail: email } },
    stored: { headers: { Authorization: "mine" }, oidcToken: { serviceAccountEmail: email, audience: url } },
  },
  {
    when: "an OAuth token on a queue with an OIDC token",
    target: { oidcToken: { serviceAccountEmail: email, audience: "https://x.example.com" } },
    request: { url, oauthToken: { serviceAccountEmail: own } },
    stored: { oidcToken: { serviceAccountEmail: email, audience: "https://x.example.com" } },
  },
  {
    when: "a token without e-mail on a queue with a token",
    target: { oidcToken: { serviceAccountEmail: email } },
    request: { url, oidcToken: {} },
    error: noEmail,
  },
  {
    when: "no token on a queue with an OIDC token without audience, which overrides the url",
    target: {
      uriOverride: { host: "other.example.com", pathOverride: { path: "/x" } },
      oidcToken: { serviceAccountEmail: email },
    },
    request: { url },
    stored: { url, oidcToken: { serviceAccountEmail: email, audience: url } },
  },
  {
    when: "no token on a queue with an OAuth token without scope",
    target: { oauthToken: { serviceAccountEmail: email } },
    request: { url: google },
    stored: { oauthToken: { serviceAccountEmail: email, scope } },
  },
  {
    when: "another host on a queue with an OAuth token",
    target: { oauthToken: { serviceAccountEmail: email } },
    request: { url },
    error: badHost,
  },
  {
    when: "an OIDC token on a queue without token",
    target: { httpMethod: "PUT" },
    request: { url, oidcToken: { serviceAccountEmail: own, audience: "a" } },
    stored: { httpMethod: "POST", oidcToken: { serviceAccountEmail: own, audience: "a" } },
  },
  {
    when: "a body on a queue with the method GET",
    target: { httpMethod: "GET" },
    request: { url, body: "aGk=" },
    stored: { url, httpMethod: "POST", body: "aGk=" },
  },
];

runFixtures(
  rows.map(
    ({ when, target, request, stored, error }): Fixture => ({
      when: `CreateTask with ${when}`,
      given: target ? [["updateQueue", { queue: { name: QUEUE, httpTarget: { ...target } } }]] : [],
      call: ["createTask", { parent: QUEUE, task: { httpRequest: { ...request } }, responseView: "FULL" }],
      ...(stored && { answer: { httpRequest: stored } }),
      ...(error && { error }),
    }),
  ),
);
