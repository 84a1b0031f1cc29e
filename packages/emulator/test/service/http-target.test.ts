import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { call, queuePath } from "../support/api.ts";

const whole = {
  uriOverride: {
    scheme: "HTTP",
    host: "worker.example.com",
    port: "8080",
    pathOverride: { path: "/run" },
    queryOverride: { queryParams: "a=1" },
    uriOverrideEnforceMode: "IF_NOT_EXISTS",
  },
  httpMethod: "PUT",
  headerOverrides: [{ header: { key: "X-Queue", value: "1" } }],
  oidcToken: { serviceAccountEmail: "a@example.com", audience: "aud" },
};

test("the HTTP target of a queue is stored and returned", async () => {
  await using emulator = await createEmulator();
  const parent = queuePath(emulator, "n").replace("/queues/n", "");
  const created = await call(emulator, "POST", `${parent}/queues`, {
    name: queuePath(emulator, "n"),
    httpTarget: whole,
  });
  expect(created.body.httpTarget).toEqual(whole);
  expect(await call(emulator, "GET", queuePath(emulator, "n"))).toEqual(created);
});

const masks: readonly [mask: string, sent: object, after: object][] = [
  ["httpTarget", { httpMethod: "GET" }, { httpMethod: "GET", uriOverride: undefined }],
  ["httpTarget.httpMethod", { httpMethod: "GET" }, { ...whole, httpMethod: "GET" }],
  ["http_target.header_overrides", {}, { ...whole, headerOverrides: undefined }],
  [
    "httpTarget.uriOverride.host",
    { uriOverride: { host: "other.example.com" } },
    { ...whole, uriOverride: { ...whole.uriOverride, host: "other.example.com" } },
  ],
  [
    "httpTarget.uriOverride.pathOverride.path",
    { uriOverride: { pathOverride: { path: "" } } },
    { ...whole, uriOverride: { ...whole.uriOverride, pathOverride: {} } },
  ],
  [
    "httpTarget.oauthToken",
    { oauthToken: { serviceAccountEmail: "b@example.com", scope: "s" } },
    {
      ...whole,
      oidcToken: undefined,
      oauthToken: { serviceAccountEmail: "b@example.com", scope: "s" },
    },
  ],
];

test.each(masks)("the mask %s changes only that part of the target", async (mask, httpTarget, after) => {
  await using emulator = await createEmulator();
  const name = queuePath(emulator, "default");
  await call(emulator, "PATCH", name, { httpTarget: whole });
  const { body } = await call(emulator, "PATCH", `${name}?updateMask=${mask}`, { httpTarget });
  expect(body.httpTarget).toMatchObject(JSON.parse(JSON.stringify(after)));
  expect(Object.keys(body.httpTarget as object).sort()).toEqual(Object.keys(JSON.parse(JSON.stringify(after))).sort());
});

test.each([
  ["an invalid header", { headerOverrides: [{ header: { key: "a:b", value: "" } }] }, "Invalid headers found: a:b"],
])("%s is rejected", async (_, httpTarget, message) => {
  await using emulator = await createEmulator();
  const answer = await call(emulator, "PATCH", queuePath(emulator, "default"), { httpTarget });
  expect(answer.body.error).toMatchObject({ status: "INVALID_ARGUMENT", message: expect.stringContaining(message) });
});

test.each([
  ["appEngineRoutingOverride", { service: "b" }, { service: "b", host: "b.local-project.appspot.com" }],
  ["app_engine_routing_override.version", { version: "2" }, { service: "a", version: "2" }],
])("the mask %s changes the routing of App Engine tasks", async (mask, routing, after) => {
  await using emulator = await createEmulator();
  const name = queuePath(emulator, "default");
  await call(emulator, "PATCH", name, { appEngineRoutingOverride: { service: "a" } });
  const { body } = await call(emulator, "PATCH", `${name}?updateMask=${mask}`, { appEngineRoutingOverride: routing });
  expect(body.appEngineRoutingOverride).toMatchObject(after);
});
