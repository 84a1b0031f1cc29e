import { Module } from "@nestjs/common";
import type { ModulesContainer } from "@nestjs/core";

/** What happens at the other end of Nest's hooks. */
interface LastHooks {
  bootstrapped(): void;
  close(): Promise<void>;
  shutDown(): Promise<void>;
}

/** A provider whose hooks are the last where those of `CloudTaskModule` are the first, and the other way round. */
export class EndOfHooks {
  hooks: LastHooks | undefined;

  onApplicationBootstrap(): void {
    this.hooks?.bootstrapped();
  }

  async onModuleDestroy(): Promise<void> {
    await this.hooks?.close();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.hooks?.shutDown();
  }
}

/** Holds `EndOfHooks` alone. */
export class CloudTaskHooksModule {}
Module({ providers: [EndOfHooks], exports: [EndOfHooks] })(CloudTaskHooksModule);

/**
 * Puts one module before all others, and `CloudTaskHooksModule` after them.
 *
 * Nest calls hooks module by module, those that are the furthest from the root first. Up to version 10 that holds for
 * `onModuleDestroy` too, and from version 11 on the order is turned round for it. So there is one at either end, and one of the
 * two is the first: deliveries are finished before the pools that they use are closed.
 *
 * Source: `callDestroyHook()` in packages/core/nest-application-context.ts of nestjs/nest, v10.4 beside v11
 *
 * @param modules - the app's, before it calls any hook
 * @param token - a provider of the module that is to be the first
 */
export function orderHooks(modules: ModulesContainer, token: symbol): void {
  for (const module of modules.values()) {
    if (module.providers.has(token)) module.distance = Number.POSITIVE_INFINITY;
    if (module.metatype === CloudTaskHooksModule) module.distance = Number.NEGATIVE_INFINITY;
  }
}
