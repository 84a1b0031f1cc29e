import { execFile } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import http from "node:http";
import https from "node:https";
import { promisify } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { createHttpSender } from "../../src/transport/http-node.ts";
import { isIntercepted } from "../../src/transport/interception-node.ts";
import { OK, type RawServer, rawServer } from "../support/raw-server.ts";

function startServer(): Promise<RawServer> {
  return rawServer((socket) => socket.write(OK));
}

async function send(server: RawServer, sender = createHttpSender()): Promise<void> {
  await sender.send({ method: "GET", url: server.url, headers: {}, signal: new AbortController().signal });
  await sender.close();
}

/** Counts the requests of `node:http`. */
function countModuleRequests() {
  // Not in Node's types, and every request of an agent passes through it.
  const agents = http.Agent.prototype as { addRequest(...args: unknown[]): void } & http.Agent;
  const spy = vi.spyOn(agents, "addRequest");
  onTestFinished(() => spy.mockRestore());
  return spy.mock.calls;
}

test("requests use sockets, without node:http", async () => {
  const calls = countModuleRequests();
  await send(await startServer());
  expect(calls).toEqual([]);
});

test("this version of Node has the functions that the check knows", () => {
  expect([isIntercepted(http), isIntercepted(https)]).toEqual([false, false]);
});

const replacements: Readonly<Record<string, (original: typeof http.request) => unknown>> = {
  "a function":
    (original) =>
    (...args: Parameters<typeof original>) =>
      original(...args),
  "a function with the same name and parameters": (original) => {
    function request(url: never, options: never, cb: never): unknown {
      return original(url, options, cb);
    }
    return request;
  },
  "a proxy": (original) => new Proxy(original, {}),
  "a bound function": (original) => original.bind(http),
};

test.each(Object.keys(replacements))("a request uses http.request while it is replaced by %s", async (name) => {
  const calls = countModuleRequests();
  const server = await startServer();
  const original = http.request;
  http.request = replacements[name]?.(original) as typeof original;
  onTestFinished(() => {
    http.request = original;
  });
  await send(server);
  expect(calls).toHaveLength(1);
  http.request = original;
  await send(server);
  expect(calls).toHaveLength(1);
});

test.each(["http.client.request.start", "http.client.response.finish"])(
  "a request uses node:http while something subscribes to %s",
  async (name) => {
    const calls = countModuleRequests();
    const seen: unknown[] = [];
    const listener = (message: unknown): unknown => seen.push(message);
    subscribe(name, listener);
    onTestFinished(() => void unsubscribe(name, listener));
    await send(await startServer());
    expect([calls.length, seen.length]).toEqual([1, 1]);
  },
);

test("a tool that starts before the library is loaded intercepts its requests", async () => {
  const server = await startServer();
  const module = JSON.stringify(new URL("../../src/transport/http-node.ts", import.meta.url).href);
  const script = `import http from "node:http";
    const original = http.request;
    http.request = (...args) => (console.log("intercepted", args[0].path), original(...args));
    const { createHttpSender } = await import(${module});
    const request = { method: "GET", url: "${server.url}/a", headers: {}, signal: new AbortController().signal };
    console.log((await createHttpSender().send(request)).body);`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 15_000 });
  expect(stdout).toBe("intercepted /a\n{}\n");
});

test("on Bun requests use node:http", async () => {
  vi.stubGlobal("Bun", {});
  vi.resetModules();
  onTestFinished(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });
  const onBun = await import("../../src/transport/http-node.ts");
  const calls = countModuleRequests();
  await send(await startServer(), onBun.createHttpSender());
  expect(calls).toHaveLength(1);
});

test("with the proxy of Node, requests of the API use node:http, and others do not", async () => {
  const calls = countModuleRequests();
  const options = Reflect.get(http.globalAgent, "options");
  options.proxyEnv = {};
  onTestFinished(() => void delete options.proxyEnv);
  const server = await startServer();
  await send(server, createHttpSender({ proxy: true }));
  expect(calls).toHaveLength(1);
  await send(server);
  expect(calls).toHaveLength(1);
});

test("close() also closes the idle connections of node:http", async () => {
  const server = await startServer();
  const original = http.request;
  http.request = new Proxy(original, {});
  onTestFinished(() => {
    http.request = original;
  });
  await send(server);
  await expect.poll(() => server.sockets[0]?.destroyed).toBe(true);
});
