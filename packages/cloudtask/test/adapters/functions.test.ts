import type { Server } from "node:http";
import { type HttpFunction, http as http5 } from "@google-cloud/functions-framework";
import { getTestServer as getTestServer5 } from "@google-cloud/functions-framework/testing";
import { http as http3 } from "functions-framework3";
import { getTestServer as getTestServer3 } from "functions-framework3/testing";
import { http as http4 } from "functions-framework4";
import { getTestServer as getTestServer4 } from "functions-framework4/testing";
import { expect, onTestFinished, test } from "vitest";
import { expressRequest } from "../../src/adapters/express.ts";
import { cloudTaskFunction } from "../../src/adapters/functions.ts";
import { CloudTaskClient, type Worker, type WorkerOptions } from "../../src/index.ts";
import { listen } from "../support/adapter-listen.ts";
import { adapterSuite, type Mounted } from "../support/adapter-suite.ts";

/** A version of the framework: it registers a function and starts a server for it. */
interface Framework {
  readonly http: (name: string, handler: HttpFunction) => void;
  readonly getTestServer: (name: string) => Server;
}

const versions: readonly (readonly [string, Framework])[] = [
  // Its types are those of Express 4.
  ["Functions Framework 3", { http: http3 as unknown as Framework["http"], getTestServer: getTestServer3 }],
  ["Functions Framework 4", { http: http4, getTestServer: getTestServer4 }],
  ["Functions Framework 5", { http: http5, getTestServer: getTestServer5 }],
];

let functions = 0;

function serve({ http, getTestServer }: Framework, handler: HttpFunction): Promise<Mounted> {
  const name = `function-${functions++}`;
  http(name, handler);
  return listen(getTestServer(name));
}

for (const [name, framework] of versions) {
  const mount = (target: CloudTaskClient | Worker, options?: WorkerOptions): Promise<Mounted> =>
    serve(framework, cloudTaskFunction(target, options));
  // The framework parses every body before it calls a function, and keeps the bytes.
  adapterSuite(name, mount, { body: "kept", mountWorker: mount });
}

test.each(versions)("%s: expressRequest is the request of the function", async (_, framework) => {
  const client = new CloudTaskClient({ url: "http://worker.test/tasks/run" });
  client.task("who", {
    deps: { request: expressRequest },
    run: (_: undefined, { request }) => [request.header("X-User"), Reflect.get(request, "rawBody").toString()],
  });
  const { origin, close } = await serve(framework, cloudTaskFunction(client, { allowUnauthenticated: true }));
  onTestFinished(close);
  const headers = { "Content-Type": "application/json", "X-User": "ann" };
  const response = await fetch(`${origin}/any/path`, { method: "POST", headers, body: '{"task":"who"}' });
  expect(await response.json()).toEqual({ status: "success", result: ["ann", '{"task":"who"}'] });
});
