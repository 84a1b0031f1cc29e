import express, { type Express, type RequestHandler } from "express";
// @ts-expect-error Express 4 is installed beside 5 under another name, without types of its own.
import express4 from "express4";
import { expect, onTestFinished, test } from "vitest";
import { cloudTaskRouter } from "../../src/adapters/express.ts";
import { CloudTaskClient } from "../../src/index.ts";
import { listen } from "../support/adapter-listen.ts";
import { EXPRESS_WRAPPERS, wrapHandlers } from "../support/express-wrappers.ts";

const versions = [
  { name: "Express 4", make: express4 as typeof express, everything: "*" },
  { name: "Express 5", make: express, everything: "/{*path}" },
] as const;

const setups = versions.flatMap((version) =>
  EXPRESS_WRAPPERS.map(([tool, wrap]) => ({ ...version, title: `${version.name} after ${tool}`, wrap })),
);

const client = new CloudTaskClient({ url: "http://worker.test/tasks/run", secret: "s3cret-key" });
client.task("hello", () => "hello");

const passOn: RequestHandler = (_request, _response, next) => next();
const health: RequestHandler = (_request, response) => void response.send("healthy");

/** Starts an app whose handlers are wrapped. */
async function start(wrap: (typeof setups)[number]["wrap"], build: () => Express): Promise<string> {
  const unwrap = wrapHandlers(wrap);
  onTestFinished(unwrap);
  const { origin, close } = await listen(build());
  onTestFinished(close);
  return origin;
}

async function deliver(url: string): Promise<unknown> {
  const headers = { "Content-Type": "application/json", "X-CloudTask-Secret": "s3cret-key" };
  const response = await fetch(url, { method: "POST", headers, body: '{"task":"hello"}' });
  return response.status === 200 ? ((await response.json()) as { readonly result: unknown }).result : response.status;
}

test.each(setups)("$title: a worker in a route answers, for every kind of pattern", async ({ wrap, make }) => {
  const origin = await start(wrap, () => {
    const router = make.Router();
    router.route("/inner").post(cloudTaskRouter(client));
    router.post(/^\/expression$/, cloudTaskRouter(client));
    return make()
      .post("/tasks/run", passOn, cloudTaskRouter(client))
      .post("/:tenant/tasks", cloudTaskRouter(client))
      .post(["/one", "/other"], cloudTaskRouter(client))
      .post(/^\/pattern$/, cloudTaskRouter(client))
      .use("/router", router);
  });
  const paths = [
    "/tasks/run",
    "/TASKS/run/",
    "/acme/tasks",
    "/other",
    "/pattern",
    "/router/inner",
    "/router/expression",
  ];
  const results = await Promise.all(paths.map((path) => deliver(origin + path)));
  expect(results).toEqual(paths.map(() => "hello"));
});

test.each(setups)("$title: a mounted worker answers at its mount, not below it", async ({ wrap, make, everything }) => {
  const origin = await start(wrap, () =>
    make()
      .all(everything, passOn)
      .all(/.*/, passOn)
      .get("/tasks/run/health", passOn)
      .use("/tasks/run", cloudTaskRouter(client))
      .get("/tasks/run/health", health),
  );
  expect(await deliver(`${origin}/tasks/run`)).toBe("hello");
  expect(await deliver(`${origin}/tasks/run/below`)).toBe(404);
  expect(await (await fetch(`${origin}/tasks/run/health`)).text()).toBe("healthy");
});
