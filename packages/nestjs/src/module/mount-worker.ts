import type { HttpAdapterHost } from "@nestjs/core";
import { cloudTaskRouter } from "cloudtask/express";
import { type CloudTaskPluginOptions, cloudTaskPlugin } from "cloudtask/fastify";
import type { WorkerGate } from "./worker-gate.ts";

type HttpAdapter = HttpAdapterHost["httpAdapter"];

/** The only method of a Fastify instance that mounting needs. Apps on Express don't have Fastify's types. */
interface PluginHost {
  register(plugin: typeof cloudTaskPlugin, options: CloudTaskPluginOptions & { readonly prefix: string }): unknown;
}

/**
 * Mounts a worker on the Express or Fastify instance of a NestJS app.
 *
 * @param adapter - the HTTP adapter of the app
 * @param path - the path of the worker
 * @param gate - the gate in front of the worker
 * @throws TypeError for another platform
 */
export function mountWorker(adapter: HttpAdapter, path: string, gate: WorkerGate): void {
  const type = adapter.getType();
  // Adapters don't close a worker that was passed to them. The module closes the gate.
  const close = (): Promise<void> => Promise.resolve();
  const worker = { fetch: gate.fetch, close, [Symbol.asyncDispose]: close };
  if (type === "express") {
    adapter.use(path, cloudTaskRouter(worker));
  } else if (type === "fastify") {
    // Awaiting it would make Fastify load all plugins now.
    void adapter
      .getInstance<PluginHost>()
      .register(cloudTaskPlugin, { client: worker, prefix: path.replace(/\/$/, "") });
  } else {
    throw new TypeError(
      `CloudTaskModule: the platform must be express or fastify, received ${JSON.stringify(type)}. On other platforms mount ` +
        "createWorker(client).fetch, or cloudTaskListener(client) of cloudtask/node, yourself",
    );
  }
}

/**
 * Calls a function with the app's HTTP platform as soon as it exists. `NestFactory.create()` sets the platform before it creates
 * providers. A testing module sets it later, when it becomes an app. In both cases NestJS has not added its body parser yet.
 *
 * @param host - the adapter host of the app
 * @param use - the function; not called in an app without HTTP
 */
export function whenPlatform(host: HttpAdapterHost, use: (adapter: HttpAdapter) => void): void {
  if (host.httpAdapter) use(host.httpAdapter);
  else if ("init$" in host) host.init$.subscribe(() => host.httpAdapter && use(host.httpAdapter));
  else watch(host, use);
}

/** Older versions of NestJS have no event for it, so the property's setter is intercepted once. */
function watch(host: HttpAdapterHost, use: (adapter: HttpAdapter) => void): void {
  const accessor = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(host), "httpAdapter");
  Object.defineProperty(host, "httpAdapter", {
    configurable: true,
    get: () => accessor?.get?.call(host),
    set: (adapter: HttpAdapter) => {
      accessor?.set?.call(host, adapter);
      Reflect.deleteProperty(host, "httpAdapter");
      use(adapter);
    },
  });
}
