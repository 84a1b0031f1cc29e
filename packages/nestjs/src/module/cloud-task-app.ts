import { Logger } from "@nestjs/common";
import type { HttpAdapterHost, ModuleRef, ModulesContainer } from "@nestjs/core";
import { createWorker } from "cloudtask";
import { isWorker, registryOf } from "cloudtask/internal/nestjs";
import { findHandlers } from "../handlers/find-handlers.ts";
import { wireHandler } from "../handlers/wire-handler.ts";
import { openContext } from "../injection/delivery-context.ts";
import { DELIVERY } from "../injection/inject-delivery.ts";
import { type EndOfHooks, orderHooks } from "./hook-order.ts";
import type { ResolvedModuleOptions } from "./module-options.ts";
import { mountWorker, whenPlatform } from "./mount-worker.ts";
import { runningApp } from "./running-app.ts";
import { servingClient } from "./serving-client.ts";
import { type WorkerGate, workerGate } from "./worker-gate.ts";

/** What stands for it in Nest's container. */
export const APP: unique symbol = Symbol("cloudtask app");

/** What ties an app to its client. */
export interface CloudTaskApp {
  /** Gives the client its handlers. */
  start(): void;
  /** Waits for running deliveries, and takes the handlers away. */
  close(): Promise<void>;
  /** Closes the client, where that was asked for. */
  shutDown(): Promise<void>;
}

/** Of the app. */
interface Surroundings {
  readonly host: HttpAdapterHost;
  readonly modules: ModulesContainer;
  readonly moduleRef: ModuleRef;
  readonly end: EndOfHooks;
}

const taken = new WeakSet<ModulesContainer>();

/**
 * Mounts the worker of a client in an app, now or as soon as the app has an HTTP platform; gives the client its handlers
 * when the app starts, and takes them away when it closes.
 *
 * @param options - of `CloudTaskModule`
 * @param surroundings - the app
 * @returns what the app's hooks call
 * @throws TypeError where the app has another `CloudTaskModule`, or the worker cannot be made or mounted
 */
export function createCloudTaskApp(options: ResolvedModuleOptions, surroundings: Surroundings): CloudTaskApp {
  const { host, modules, end } = surroundings;
  if (taken.has(modules)) {
    throw new TypeError(
      "CloudTaskModule is imported twice, with options of its own each time; an app has one, with one client",
    );
  }
  taken.add(modules);
  orderHooks(modules, APP);
  const mounting = mountIn(host, options);
  const serving = servingClient(options.client, () => tie(options, surroundings));
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    try {
      await mounting.gate?.close(options.graceMs);
    } finally {
      serving.end();
    }
  };
  const closeOnce = (): Promise<void> => {
    closing ??= close();
    return closing;
  };
  let ends = 0;
  const shutDown = async (): Promise<void> => {
    ends += 1;
    // Of the two ends, the one that comes second: what other modules have is closed by then.
    if (options.closeClient && ends === 2) await options.client.close();
  };
  end.hooks = {
    bootstrapped: () => {
      serving.confirm();
      report(options, mounting.isMounted);
    },
    close: closeOnce,
    shutDown,
  };
  return {
    start: () => {
      if (mounting.failure !== undefined) throw mounting.failure.error;
      serving.begin();
    },
    close: closeOnce,
    shutDown,
  };
}

interface Mounting {
  isMounted: boolean;
  /** Before the worker, once there is one. */
  gate?: WorkerGate;
  /** What happened where it could not be thrown. */
  failure?: { readonly error: unknown };
}

function mountIn(host: HttpAdapterHost, { client, path, worker }: ResolvedModuleOptions): Mounting {
  const mounting: Mounting = { isMounted: false };
  let isAtOnce = true;
  whenPlatform(host, (adapter) => {
    try {
      const gate = isWorker(worker) ? workerGate(worker, false) : workerGate(createWorker(client, worker), true);
      mounting.gate = gate;
      mountWorker(adapter, path, gate);
      mounting.isMounted = true;
    } catch (error) {
      if (isAtOnce) throw error;
      mounting.failure = { error };
    }
  });
  isAtOnce = false;
  return mounting;
}

/** @returns what unties them, each by itself */
function tie({ client, disposeFactories }: ResolvedModuleOptions, surroundings: Surroundings): readonly (() => void)[] {
  const { modules, moduleRef } = surroundings;
  const undo: (() => void)[] = [];
  const deliveryWrapper = [...modules.values()].find((each) => each.providers.has(DELIVERY))?.providers.get(DELIVERY);
  try {
    undo.push(
      client.override(runningApp, {
        open: (delivery, request) =>
          openContext({ modules, moduleRef, deliveryWrapper, disposeFactories, delivery, request }),
      }),
    );
    for (const handler of findHandlers(modules)) undo.push(wireHandler(client, handler));
  } catch (error) {
    for (const each of undo) each();
    throw error;
  }
  return undo;
}

/** A task without handler is no mistake where another service handles it, and the first thing to know where it is one. */
function report({ client, path }: ResolvedModuleOptions, isMounted: boolean): void {
  const records = [...new Set(registryOf(client).tasks.values())];
  const names = (isHandled: boolean): string =>
    records
      .filter(({ handler }) => (handler !== undefined) === isHandled)
      .map(({ name }) => name)
      .join(", ");
  const logger = new Logger("CloudTaskModule");
  logger.log(`Tasks handled ${isMounted ? `at ${path}` : "without HTTP"}: ${names(true) || "none"}`);
  if (names(false)) logger.log(`Tasks declared, with no handler in this app: ${names(false)}`);
}
