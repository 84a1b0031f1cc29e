import type httpModule from "node:http";
import type { HttpRequest, HttpResponse, HttpSender, HttpSenderOptions } from "../core/http-sender.ts";
import { http } from "./builtins-node.ts";
import { createSocketSender } from "./http1/socket-sender-node.ts";
import { isIntercepted } from "./interception-node.ts";

/** `node:http` or `node:https`. */
type Module = Pick<typeof httpModule, "request" | "globalAgent">;

/**
 * Creates a sender for Node, with its own pool of persistent connections. Idle connections do not keep the process alive. Its
 * twin for other runtimes is `http-fetch.ts`.
 *
 * The sender speaks HTTP/1.1 over sockets, because a request of `node:http` takes three times the CPU. It uses `node:http` and
 * `node:https` if an agent or the proxy of Node is set, and while a tool intercepts their requests.
 *
 * A request that fails on a reused connection is not sent again here. The server may have carried out the request before the
 * connection broke, and after a hidden second create the caller could not interpret ALREADY_EXISTS. `withRetry()` repeats it
 * and counts. The sender only closes all idle connections, because if one broke unnoticed the others probably did too. The
 * retry then gets a new connection.
 *
 * @example
 * ```ts
 * const sender = createHttpSender();
 * const { status } = await sender.send({ method: "GET", url, headers: {}, signal: AbortSignal.timeout(1000) });
 * ```
 */
export function createHttpSender(options: HttpSenderOptions = {}): HttpSender {
  const sockets = createSocketSender();
  let https: Module | undefined;
  let modules: Promise<HttpSender> | undefined;
  let isClosed = false;

  // Loading TLS takes several milliseconds, and a process that only calls an emulator does not need it.
  async function sendSecurely(request: HttpRequest): Promise<HttpResponse> {
    https ??= (await import("node:https")).default;
    return sendOver(https, request);
  }

  function sendOver(module: Module, request: HttpRequest): Promise<HttpResponse> {
    return needsModule(module, options) ? sendByModules(request) : sockets.send(request);
  }

  // Most processes never need this file.
  async function loadModules(): Promise<HttpSender> {
    const { createModuleSender } = await import("./http-module-node.ts");
    const sender = createModuleSender(http, options);
    if (isClosed) await sender.close();
    return sender;
  }

  async function sendByModules(request: HttpRequest): Promise<HttpResponse> {
    modules ??= loadModules().catch((error: unknown) => {
      // The next request imports it again.
      modules = undefined;
      throw error;
    });
    return (await modules).send(request);
  }

  return {
    send: (request) => (request.url.startsWith("https:") ? sendSecurely(request) : sendOver(http, request)),
    async close() {
      isClosed = true;
      await sockets.close();
      await (await modules)?.close();
    },
  };
}

/** Bun implements the modules of Node itself. The strict client over sockets is tested with those of Node only. */
const isBun = "Bun" in globalThis;

function needsModule(module: Module, { agent, proxy = false }: HttpSenderOptions): boolean {
  return isBun || agent !== undefined || (proxy && hasProxy(module)) || isIntercepted(module);
}

/** Checks for the option of Node's own agent, from Node 24.5: the environment variables of its proxy. */
function hasProxy({ globalAgent }: Module): boolean {
  // Not in Node's types yet.
  const { options } = globalAgent as { readonly options?: { readonly proxyEnv?: object } };
  return options?.proxyEnv !== undefined;
}
