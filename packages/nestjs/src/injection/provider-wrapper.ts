import type { ModulesContainer } from "@nestjs/core";

/** A module as Nest's container keeps it. Nest's entry point names neither this type nor the next, all that leads to them. */
export type NestModule = ModulesContainer extends Map<string, infer Module> ? Module : never;

/** What Nest's container knows of a provider or controller: how it is made, and its instances. */
export type ProviderWrapper = NonNullable<ReturnType<NestModule["providers"]["get"]>>;

/**
 * @param wrapper - of a provider or controller
 * @returns whether there is one instance of it for the whole app
 */
export function isSingleton(wrapper: ProviderWrapper): boolean {
  return wrapper.isDependencyTreeStatic() && !wrapper.isTransient;
}
