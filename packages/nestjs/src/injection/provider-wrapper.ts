import type { ModulesContainer } from "@nestjs/core";

/** A module in NestJS's container. NestJS does not export this type and the next one, so they are derived. */
export type NestModule = ModulesContainer extends Map<string, infer Module> ? Module : never;

/** A provider or controller in NestJS's container, with its instances. */
export type ProviderWrapper = NonNullable<ReturnType<NestModule["providers"]["get"]>>;

/** Checks whether the whole app shares one instance. */
export function isSingleton(wrapper: ProviderWrapper): boolean {
  return wrapper.isDependencyTreeStatic() && !wrapper.isTransient;
}
