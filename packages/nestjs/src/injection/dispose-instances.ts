import type { InjectionToken } from "@nestjs/common";
import type { ContextIdFactory, ModulesContainer } from "@nestjs/core";
import { dispose } from "cloudtask/internal/nestjs";
import { isSingleton, type ProviderWrapper } from "./provider-wrapper.ts";

type ContextId = ReturnType<typeof ContextIdFactory.create>;

/** An instance, which may still be in creation. */
type Place = ReturnType<ProviderWrapper["getInstanceByContextId"]>;

interface DisposeOptions {
  readonly modules: ModulesContainer;
  /** The context whose instances are disposed. */
  readonly id: ContextId;
  /** Factories whose instances are disposed like those of classes. */
  readonly disposeFactories: ReadonlySet<InjectionToken>;
}

/**
 * Disposes the disposable instances (`Symbol.asyncDispose`, `Symbol.dispose`) that NestJS created for a context and no longer tracks:
 * each one once, dependents before their dependencies. Values of factories may be shared, so they are skipped unless the app
 * lists the factory.
 *
 * @throws the error of the instance that failed, after every instance was tried; an AggregateError if several failed
 */
export async function disposeInstances({ modules, id, disposeFactories }: DisposeOptions): Promise<void> {
  const failures: { readonly name: string; readonly error: unknown }[] = [];
  for (const [instance, wrapper] of instancesOf(await settledPlaces(modules, id), disposeFactories)) {
    try {
      await dispose(instance);
    } catch (error) {
      failures.push({ name: String(wrapper.name), error });
    }
  }
  const [first, second] = failures;
  if (first === undefined) return;
  if (second === undefined) throw first.error;
  const names = failures.map(({ name }) => name).join(", ");
  throw new AggregateError(
    failures.map(({ error }) => error),
    `several providers failed to dispose: ${names}`,
  );
}

type Places = ReadonlyMap<ProviderWrapper, readonly Place[]>;

/**
 * Returns the places of all instances, after pending creations have ended: if one dependency of an instance failed, others may
 * still be in creation.
 */
async function settledPlaces(modules: ModulesContainer, id: ContextId): Promise<Places> {
  const awaited = new Set<unknown>();
  for (;;) {
    const places = new Map<ProviderWrapper, readonly Place[]>();
    for (const wrapper of scopedWrappers(modules)) {
      const existing = placesOf(wrapper, id);
      if (existing.length > 0) places.set(wrapper, existing);
    }
    const promises = [...places.values()].flat().flatMap(({ isResolved, donePromise }) => {
      return isResolved || donePromise === undefined || awaited.has(donePromise) ? [] : [donePromise];
    });
    if (promises.length === 0) return places;
    for (const each of promises) awaited.add(each);
    await Promise.allSettled(promises);
  }
}

const cachedWrappers = new WeakMap<
  ModulesContainer,
  { readonly modules: number; readonly wrappers: readonly ProviderWrapper[] }
>();

/** Returns the providers that have instances per context. The list is computed again after a lazy module was loaded. */
function scopedWrappers(modules: ModulesContainer): readonly ProviderWrapper[] {
  const cached = cachedWrappers.get(modules);
  if (cached?.modules === modules.size) return cached.wrappers;
  const wrappers = [...modules.values()]
    .flatMap(({ providers, controllers, injectables }): ProviderWrapper[] => [
      ...providers.values(),
      ...controllers.values(),
      ...injectables.values(),
    ])
    .filter((wrapper) => !isSingleton(wrapper));
  cachedWrappers.set(modules, { modules: modules.size, wrappers });
  return wrappers;
}

/** Older versions have no method that reads existing instances without creating new ones, so their private fields are read. */
function placesOf(wrapper: ProviderWrapper, id: ContextId): readonly Place[] {
  if ("getExistingInstancesByContextId" in wrapper) return wrapper.getExistingInstancesByContextId(id);
  const { values, transientMap } = wrapper as unknown as {
    readonly values: WeakMap<ContextId, Place>;
    readonly transientMap?: Map<string, WeakMap<ContextId, Place>>;
  };
  return [values, ...(transientMap?.values() ?? [])].flatMap((collection) => collection.get(id) ?? []);
}

/** Returns the instances that belong to a context, in the order of disposal. */
function instancesOf(
  places: Places,
  disposeFactories: ReadonlySet<InjectionToken>,
): ReadonlyMap<unknown, ProviderWrapper> {
  const own = new Map<unknown, ProviderWrapper>();
  for (const wrapper of dependentsFirst(places)) {
    if (wrapper.isFactory && !disposeFactories.has(wrapper.token)) continue;
    for (const { isResolved, instance } of places.get(wrapper) ?? []) {
      if (!isResolved) continue;
      // An instance under two tokens is disposed after the dependents of both.
      own.delete(instance);
      own.set(instance, wrapper);
    }
  }
  return own;
}

function dependentsFirst(places: Places): readonly ProviderWrapper[] {
  const seen = new Set<ProviderWrapper>();
  const ordered: ProviderWrapper[] = [];
  const visit = (wrapper: ProviderWrapper): void => {
    if (seen.has(wrapper) || !places.has(wrapper)) return;
    seen.add(wrapper);
    dependenciesOf(wrapper).forEach(visit);
    ordered.push(wrapper);
  };
  for (const wrapper of places.keys()) visit(wrapper);
  return ordered.toReversed();
}

/** Returns the injected providers, and the enhancers (guards, interceptors …) that NestJS creates along with it. */
function dependenciesOf(wrapper: ProviderWrapper): readonly ProviderWrapper[] {
  const lists: readonly (readonly (ProviderWrapper | undefined)[] | undefined)[] = [
    wrapper.getCtorMetadata(),
    wrapper.getPropertiesMetadata()?.map((property) => property.wrapper),
    wrapper.getEnhancersMetadata(),
  ];
  return lists.flatMap((list) => [...(list ?? [])]).filter((each) => each !== undefined);
}
