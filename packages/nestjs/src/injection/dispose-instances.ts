import type { InjectionToken } from "@nestjs/common";
import type { ContextIdFactory, ModulesContainer } from "@nestjs/core";
import { dispose } from "cloudtask/internal/nestjs";
import { isSingleton, type ProviderWrapper } from "./provider-wrapper.ts";

type ContextId = ReturnType<typeof ContextIdFactory.create>;

/** An instance, or the place where one is being made. */
type Place = ReturnType<ProviderWrapper["getInstanceByContextId"]>;

/** What is to be disposed. */
interface DisposeOptions {
  readonly modules: ModulesContainer;
  /** The context whose instances these are. */
  readonly id: ContextId;
  /** Factories whose instances are disposed as those of classes are. */
  readonly disposeFactories: ReadonlySet<InjectionToken>;
}

/**
 * Disposes the instances that Nest made for a context and then forgets, dependents before what they depend on, each once,
 * those that are disposable (`Symbol.asyncDispose`, `Symbol.dispose`). What a factory gives may be another's: it is left
 * alone, unless the app says otherwise.
 *
 * @param options - which
 * @throws what failed, once all has been tried; an AggregateError where several did
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
    `several providers could not be disposed: ${names}`,
  );
}

type Places = ReadonlyMap<ProviderWrapper, readonly Place[]>;

/** Where one dependency of an instance failed, others may still be on their way; they are waited for. */
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

const known = new WeakMap<
  ModulesContainer,
  { readonly modules: number; readonly wrappers: readonly ProviderWrapper[] }
>();

/** All that has instances of its own in a context. Looked up anew once a lazy module has come. */
function scopedWrappers(modules: ModulesContainer): readonly ProviderWrapper[] {
  const before = known.get(modules);
  if (before?.modules === modules.size) return before.wrappers;
  const wrappers = [...modules.values()]
    .flatMap(({ providers, controllers, injectables }): ProviderWrapper[] => [
      ...providers.values(),
      ...controllers.values(),
      ...injectables.values(),
    ])
    .filter((wrapper) => !isSingleton(wrapper));
  known.set(modules, { modules: modules.size, wrappers });
  return wrappers;
}

/** Older versions have no method for it. There, what the method reads is read, since the others that exist make instances. */
function placesOf(wrapper: ProviderWrapper, id: ContextId): readonly Place[] {
  if ("getExistingInstancesByContextId" in wrapper) return wrapper.getExistingInstancesByContextId(id);
  const { values, transientMap } = wrapper as unknown as {
    readonly values: WeakMap<ContextId, Place>;
    readonly transientMap?: Map<string, WeakMap<ContextId, Place>>;
  };
  return [values, ...(transientMap?.values() ?? [])].flatMap((collection) => collection.get(id) ?? []);
}

/** The instances that are a context's own, in the order of their disposal. */
function instancesOf(
  places: Places,
  disposeFactories: ReadonlySet<InjectionToken>,
): ReadonlyMap<unknown, ProviderWrapper> {
  const own = new Map<unknown, ProviderWrapper>();
  for (const wrapper of dependentsFirst(places)) {
    if (wrapper.isFactory && !disposeFactories.has(wrapper.token)) continue;
    for (const { isResolved, instance } of places.get(wrapper) ?? []) {
      if (!isResolved) continue;
      // One that stands under two names is disposed when nothing depends on either any more.
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

/** What it is made with, and the guards and the like that Nest makes with it. */
function dependenciesOf(wrapper: ProviderWrapper): readonly ProviderWrapper[] {
  const lists: readonly (readonly (ProviderWrapper | undefined)[] | undefined)[] = [
    wrapper.getCtorMetadata(),
    wrapper.getPropertiesMetadata()?.map((property) => property.wrapper),
    wrapper.getEnhancersMetadata(),
  ];
  return lists.flatMap((list) => [...(list ?? [])]).filter((each) => each !== undefined);
}
