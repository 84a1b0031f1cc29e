import { Module } from "@nestjs/common";
import type { ModulesContainer } from "@nestjs/core";

interface Hooks {
  bootstrapped(): void;
  close(): Promise<void>;
  shutDown(): Promise<void>;
}

/** A provider whose hooks run last if those of `CloudTaskModule` run first, and first if those run last. */
export class OppositeHooks {
  hooks: Hooks | undefined;

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

/** Contains nothing but `OppositeHooks`. */
export class CloudTaskHooksModule {}
Module({ providers: [OppositeHooks], exports: [OppositeHooks] })(CloudTaskHooksModule);

/**
 * Puts one module before all others, and `CloudTaskHooksModule` after them.
 *
 * NestJS calls hooks module by module, starting with the module that is furthest from the root. Version 11 reversed that order for
 * `onModuleDestroy`. With a module at each end, one of the two is called first in every version: deliveries finish before the pools
 * that they use are closed.
 *
 * Source: `callDestroyHook()` in packages/core/nest-application-context.ts of nestjs/nest, v10.4 compared with v11
 *
 * @param modules - the modules of the app, before it calls any hook
 * @param token - a provider of the module to put first
 */
export function orderHooks(modules: ModulesContainer, token: symbol): void {
  for (const module of modules.values()) {
    if (module.providers.has(token)) module.distance = Number.POSITIVE_INFINITY;
    if (module.metatype === CloudTaskHooksModule) module.distance = Number.NEGATIVE_INFINITY;
  }
}
