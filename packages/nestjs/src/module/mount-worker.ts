import type { HttpAdapterHost } from "@nestjs/core";
import { cloudTaskRouter } from "cloudtask/express";
import { type CloudTaskPluginOptions, cloudTaskPlugin } from "cloudtask/fastify";
import type { WorkerGate } from "./worker-gate.ts";

type HttpAdapter = HttpAdapterHost["httpAdapter"];

/** The one method of a Fastify instance that mounting needs: an app on Express has no types of Fastify. */
interface PluginHost {
  register(plugin: typeof cloudTaskPlugin, options: CloudTaskPluginOptions & { readonly prefix: string }): unknown;
}

/**
 * Mounts a worker on a Nest app's own Express or Fastify.
 *
 * @param adapter - the app's
 * @param path - where
 * @param gate - before the worker
 * @throws TypeError for another platform
 */
export function mountWorker(adapter: HttpAdapter, path: string, gate: WorkerGate): void {
  const type = adapter.getType();
  // Adapters close only what they made.
  const close = (): Promise<void> => Promise.resolve();
  const worker = { fetch: gate.fetch, close, [Symbol.asyncDispose]: close };
  if (type === "express") {
    adapter.use(path, cloudTaskRouter(worker));
  } else if (type === "fastify") {
    // Not awaited: Fastify would begin to load what else there is.
    void adapter
      .getInstance<PluginHost>()
      .register(cloudTaskPlugin, { client: worker, prefix: path.replace(/\/$/, "") });
  } else {
    throw new TypeError(
      `CloudTaskModule: expected the platform express or fastify, received ${JSON.stringify(type)}; there, mount ` +
        "createWorker(client).fetch, or cloudTaskListener(client) of cloudtask/node, yourself",
    );
  }
}

/**
 * Waits for the app's HTTP platform. In `NestFactory.create()` it is there before any provider; where a testing module becomes
 * an app, it comes later. Either way it is told at once, before Nest has put its body parser on it.
 *
 * @param host - the app's
 * @param then - what to do with it; not called in an app without HTTP
 */
export function whenPlatform(host: HttpAdapterHost, then: (adapter: HttpAdapter) => void): void {
  if (host.httpAdapter) then(host.httpAdapter);
  else if ("init$" in host) host.init$.subscribe(() => host.httpAdapter && then(host.httpAdapter));
  else watch(host, then);
}

/** Older versions do not tell: what sets it is called on the way. */
function watch(host: HttpAdapterHost, then: (adapter: HttpAdapter) => void): void {
  const accessor = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(host), "httpAdapter");
  Object.defineProperty(host, "httpAdapter", {
    configurable: true,
    get: () => accessor?.get?.call(host),
    set: (adapter: HttpAdapter) => {
      accessor?.set?.call(host, adapter);
      Reflect.deleteProperty(host, "httpAdapter");
      then(adapter);
    },
  });
}
