import { Logger } from "@nestjs/common";
import type { HttpAdapterHost, ModuleRef, ModulesContainer } from "@nestjs/core";
import { createWorker } from "cloudtask";
import { isWorker, logOf, registryOf } from "cloudtask/internal/nestjs";
import { findHandlers } from "../handlers/find-handlers.ts";
import { registerHandler } from "../handlers/register-handler.ts";
import { openContext } from "../injection/delivery-context.ts";
import { DELIVERY } from "../injection/inject-delivery.ts";
import { claimClient } from "./client-claim.ts";
import { type OppositeHooks, orderHooks } from "./hook-order.ts";
import { type ResolvedModuleOptions, workerPath } from "./module-options.ts";
import { mountWorker, whenPlatform } from "./mount-worker.ts";
import { runningApp } from "./running-app.ts";
import { type WorkerGate, workerGate } from "./worker-gate.ts";

/** The injection token of the `CloudTaskApp`. */
export const APP: unique symbol = Symbol("cloudtask app");

/** The connection between an app and its client. */
export interface CloudTaskApp {
  /** Registers the app's handlers with the client. */
  start(): void;
  /** Waits for running deliveries and removes the handlers. */
  close(): Promise<void>;
  /** Closes the client, if `closeClient` is set. */
  shutDown(): Promise<void>;
}

/** The parts of a NestJS app that the module uses. */
interface NestApp {
  readonly host: HttpAdapterHost;
  readonly modules: ModulesContainer;
  readonly moduleRef: ModuleRef;
  readonly oppositeHooks: OppositeHooks;
}

const appsWithModule = new WeakSet<ModulesContainer>();

/**
 * Mounts the worker of a client in an app, now or as soon as the app has an HTTP platform. Registers the app's handlers with the
 * client when the app starts, and removes them when it closes.
 *
 * @param options - the options of `CloudTaskModule`
 * @param app - the NestJS app
 * @throws TypeError if the app imports the module twice, or if the worker cannot be created or mounted
 */
export function createCloudTaskApp(options: ResolvedModuleOptions, app: NestApp): CloudTaskApp {
  const { host, modules, oppositeHooks } = app;
  if (appsWithModule.has(modules)) {
    throw new TypeError(
      "CloudTaskModule is imported twice with different options. Import it once: an app has one module and one client",
    );
  }
  appsWithModule.add(modules);
  orderHooks(modules, APP);
  const mounting = mountIn(host, options);
  const claim = claimClient(options.client, () => connect(options, app));
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    try {
      await mounting.gate?.close(options.graceMs);
    } finally {
      claim.release();
    }
  };
  const closeOnce = (): Promise<void> => {
    closing ??= close();
    return closing;
  };
  let shutDownCalls = 0;
  const shutDown = async (): Promise<void> => {
    shutDownCalls += 1;
    // The second of the two calls is the last hook of all: resources of other modules are closed by then.
    if (options.closeClient && shutDownCalls === 2) await options.client.close();
  };
  oppositeHooks.hooks = {
    bootstrapped: () => {
      claim.confirm();
      logTasks(options, mounting.path);
    },
    close: closeOnce,
    shutDown,
  };
  return {
    start: () => {
      if (mounting.failure !== undefined) throw mounting.failure.error;
      claim.take();
    },
    close: closeOnce,
    shutDown,
  };
}

interface Mounting {
  /** The path of the worker, once it is mounted. */
  path?: string;
  gate?: WorkerGate;
  /** An error to throw when the app starts, because mounting happened later than the module was created. */
  failure?: { readonly error: unknown };
}

function mountIn(host: HttpAdapterHost, options: ResolvedModuleOptions): Mounting {
  const { client, worker } = options;
  const mounting: Mounting = {};
  let isSynchronous = true;
  whenPlatform(host, (adapter) => {
    try {
      const path = workerPath(options);
      const log = logOf(registryOf(client));
      const gate = isWorker(worker)
        ? workerGate(worker, false, log)
        : workerGate(createWorker(client, worker), true, log);
      mounting.gate = gate;
      mountWorker(adapter, path, gate);
      mounting.path = path;
    } catch (error) {
      if (isSynchronous) throw error;
      mounting.failure = { error };
    }
  });
  isSynchronous = false;
  return mounting;
}

/** Connects a client to an app, and returns functions that undo it. */
function connect({ client, disposeFactories }: ResolvedModuleOptions, app: NestApp): readonly (() => void)[] {
  const { modules, moduleRef } = app;
  const undo: (() => void)[] = [];
  const deliveryWrapper = [...modules.values()].find((each) => each.providers.has(DELIVERY))?.providers.get(DELIVERY);
  try {
    undo.push(
      client.override(runningApp, {
        open: (delivery, request) =>
          openContext({ modules, moduleRef, deliveryWrapper, disposeFactories, delivery, request }),
      }),
    );
    for (const handler of findHandlers(modules)) undo.push(registerHandler(client, handler));
  } catch (error) {
    for (const each of undo) each();
    throw error;
  }
  return undo;
}

/** A task without a handler is correct if another service handles it. Otherwise this log line shows the mistake. */
function logTasks({ client }: ResolvedModuleOptions, path: string | undefined): void {
  const records = [...new Set(registryOf(client).tasks.values())];
  const names = (isHandled: boolean): string =>
    records
      .filter(({ handler }) => (handler !== undefined) === isHandled)
      .map(({ name }) => name)
      .join(", ");
  const logger = new Logger("CloudTaskModule");
  logger.log(`Tasks handled ${path === undefined ? "without HTTP" : `at ${path}`}: ${names(true) || "none"}`);
  if (names(false)) logger.log(`Tasks declared without a handler in this app: ${names(false)}`);
}
