import type { Registry, TaskRecord } from "../execution/registry.ts";
import type { PushDefaults } from "./push/prepare.ts";
import type { ResolvedOptions } from "./resolve-options.ts";

/** The options of a client and its definitions, for code that is not loaded with the client. */
export interface ClientDefinitions {
  readonly options: ResolvedOptions;
  readonly byRecord: WeakMap<TaskRecord, PushDefaults>;
}

const all = new WeakMap<Registry, ClientDefinitions>();

/** Makes the definitions of a client available to `definitionsOf()`. */
export function attachDefinitions(registry: Registry, definitions: ClientDefinitions): void {
  all.set(registry, definitions);
}

/** Returns the definitions of the client that owns a registry. */
export function definitionsOf(registry: Registry): ClientDefinitions | undefined {
  return all.get(registry);
}
