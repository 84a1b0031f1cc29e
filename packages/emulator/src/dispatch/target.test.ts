import { expect, test } from "vitest";
import type {
  AppEngineRouting,
  AppEngineTaskRequest,
  HttpTarget,
  HttpTaskRequest,
  QueueRecord,
} from "../engine/records.ts";
import { defaultQueueSettings } from "../service/queues/queue-settings.ts";
import { type Target, type TargetOptions, targetOf } from "./target.ts";

const http: HttpTaskRequest = {
  kind: "http",
  url: "https://api.example.com/run?order=7",
  method: "POST",
  headers: { "X-Own": "1", "x-shared": "task" },
  body: Buffer.from("hi"),
  authorization: { kind: "oidc", serviceAccountEmail: "task@example.com", audience: "" },
};

const noRouting: AppEngineRouting = { service: "", version: "", instance: "" };

const appEngine: AppEngineTaskRequest = {
  kind: "appEngine",
  relativeUri: "/work?a=b",
  method: "PUT",
  headers: {},
  body: Buffer.from("hi"),
  routing: noRouting,
};

const noTarget: HttpTarget = { uri: undefined, method: undefined, headers: [], authorization: undefined };
const noOptions: TargetOptions = { appEngine: undefined };

const queueOf = (settings: Partial<QueueRecord["settings"]> = {}): QueueRecord => ({
  name: "projects/my-app/locations/l/queues/q",
  state: "RUNNING",
  settings: { ...defaultQueueSettings, ...settings },
  purgedAt: undefined,
  policy: undefined,
});

const withTarget = (target: Partial<HttpTarget>, request = http): Target =>
  targetOf(request, queueOf({ httpTarget: { ...noTarget, ...target } }), noOptions);

test("an HTTP task is sent to its URL unchanged", () => {
  const { url, ...target } = targetOf(http, queueOf(), noOptions);
  expect(url.href).toBe(http.url);
  expect(target).toEqual({
    method: "POST",
    audience: http.url,
    headers: Object.entries(http.headers),
    body: http.body,
    authorization: http.authorization,
  });
});

test("the queue's method replaces the task's, and the body is still sent", () => {
  expect(withTarget({ method: "PUT" })).toMatchObject({ method: "PUT", body: http.body });
  const { method, headers } = withTarget({ method: "GET" }, { ...http, body: new Uint8Array() });
  expect({ method, headers }).toEqual({ method: "GET", headers: Object.entries(http.headers) });
});

test.each(["GET", "HEAD", "DELETE", "OPTIONS"])("a body cannot be sent with the queue's method %s", (method) => {
  expect(() => withTarget({ method })).toThrow(`sets the method ${method}, but the task has a body`);
});

test("the queue's headers replace the task's in any case, and the last of a name is sent", () => {
  const headers = [
    ["X-SHARED", "first"],
    ["X-Shared", "queue"],
    ["X-More", "2"],
  ] as const;
  expect(withTarget({ headers }).headers).toEqual([
    ["X-Own", "1"],
    ["X-Shared", "queue"],
    ["X-More", "2"],
  ]);
});

test("the queue's token replaces the task's; without one the task's is used", () => {
  const authorization = { kind: "oauth", serviceAccountEmail: "queue@example.com", scope: "" } as const;
  expect(withTarget({ authorization }).authorization).toEqual(authorization);
  expect(withTarget({}).authorization).toEqual(http.authorization);
});

const noUri = {
  scheme: undefined,
  host: undefined,
  port: undefined,
  path: undefined,
  query: undefined,
  mode: "ALWAYS",
} as const;

test.each(["ALWAYS", "IF_NOT_EXISTS"] as const)(
  "a task without a URL is sent to its queue's host, with mode %s",
  (mode) => {
    const uri = { ...noUri, host: "b.example", path: "/in", mode };
    expect(withTarget({ uri }, { ...http, url: "" }).url.href).toBe("https://b.example/in");
  },
);

test("the default audience is the task's own URL, also if the queue overrides host and path", () => {
  const uri = { ...noUri, host: "b.example", path: "/in", query: "" };
  const target = withTarget({ uri });
  expect([target.url.href, target.audience]).toEqual(["https://b.example/in", http.url]);
  expect(withTarget({ uri }, { ...http, url: "" }).audience).toBe("https://b.example/in");
});

test("line breaks in the value of a queue's header are sent as underscores", () => {
  expect(withTarget({ headers: [["X-Lines", "a\r\nb"]] }).headers).toContainEqual(["X-Lines", "a__b"]);
});

test.each([
  [noRouting, "https://my-app.appspot.com/work?a=b"],
  [{ ...noRouting, service: "mail" }, "https://mail-dot-my-app.appspot.com/work?a=b"],
  [{ service: "mail", version: "v2", instance: "0" }, "https://0-dot-v2-dot-mail-dot-my-app.appspot.com/work?a=b"],
])("an App Engine task with routing %j goes to %s", (routing, href) => {
  expect(targetOf({ ...appEngine, routing }, queueOf(), noOptions).url.href).toBe(href);
});

test("the queue's routing replaces the task's completely", () => {
  const request = { ...appEngine, routing: { service: "mail", version: "v2", instance: "" } };
  const { url } = targetOf(request, queueOf({ routing: { ...noRouting, service: "other" } }), noOptions);
  expect(url.host).toBe("other-dot-my-app.appspot.com");
});

test.each([
  ["http://localhost:8080", "mail", "http://localhost:8080/work?a=b"],
  ["http://localhost:8080/app/", "mail", "http://localhost:8080/app/work?a=b"],
  [{ mail: "http://localhost:1", default: "http://localhost:2" }, "mail", "http://localhost:1/work?a=b"],
  [{ mail: "http://localhost:1", default: "http://localhost:2" }, "", "http://localhost:2/work?a=b"],
  [{ mail: "http://localhost:1", default: "http://localhost:2" }, "none", "http://localhost:2/work?a=b"],
])("with the base URLs %j a task for the service %j goes to %s", (bases, service, href) => {
  const request = { ...appEngine, routing: { ...noRouting, service } };
  expect(targetOf(request, queueOf(), { ...noOptions, appEngine: bases }).url.href).toBe(href);
});

test("a service without a base URL is rejected instead of being sent to Google", () => {
  const options = { ...noOptions, appEngine: { mail: "http://localhost:1" } };
  expect(() => targetOf(appEngine, queueOf(), options)).toThrow('no base URL for the App Engine service "default"');
});

test("an empty relative URI means /", () => {
  expect(targetOf({ ...appEngine, relativeUri: "" }, queueOf(), noOptions).url.pathname).toBe("/");
});
