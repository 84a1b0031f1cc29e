import type { ModulesContainer } from "@nestjs/core";
import { isSingleton, type NestModule, type ProviderWrapper } from "../injection/provider-wrapper.ts";
import { markedMethods } from "./on-task.ts";

/** A method of the app that handles the tasks of a definition. */
export interface FoundHandler {
  readonly definition: ReturnType<typeof markedMethods>[number]["definition"];
  readonly wrapper: ProviderWrapper;
  readonly method: string | symbol;
  /** Its place for messages, such as `OrdersService.charge (in AppModule)`. */
  readonly place: string;
}

/**
 * Finds the methods marked by `@OnTask` on the providers and controllers of an app.
 *
 * @throws TypeError if two methods handle the same definition
 */
export function findHandlers(modules: ModulesContainer): readonly FoundHandler[] {
  const found = new Map<unknown, FoundHandler>();
  for (const handler of [...modules.values()].flatMap(handlersIn)) {
    const other = found.get(handler.definition);
    if (other !== undefined && !isSame(other, handler)) throw duplicate(other, handler);
    found.set(handler.definition, handler);
  }
  return [...found.values()];
}

function handlersIn(module: NestModule): readonly FoundHandler[] {
  return [...module.providers.values(), ...module.controllers.values()]
    .filter(({ isAlias }) => !isAlias)
    .flatMap((wrapper) => handlersOf(module, wrapper));
}

/** Checks whether two handlers are one method of one instance that is registered under two tokens. */
function isSame(one: FoundHandler, other: FoundHandler): boolean {
  const [first, second] = [one, other].map(({ wrapper }) => (isSingleton(wrapper) ? wrapper.instance : wrapper));
  return first === second && one.method === other.method;
}

/** Includes the methods marked in the token if it is a class: a provider that replaces a class also replaces its handlers. */
function handlersOf(module: NestModule, wrapper: ProviderWrapper): readonly FoundHandler[] {
  const prototypes = [prototypeSource(wrapper), prototypeOf(wrapper.token)].filter((each) => each !== undefined);
  const marked = new Set(prototypes.flatMap(markedMethods));
  const { name } = typeof wrapper.token === "function" ? wrapper.token : { name: String(wrapper.name) };
  return [...marked].filter(isFirst).flatMap(({ definition, method }) => {
    const missing = isSingleton(wrapper) && typeof Reflect.get(Object(wrapper.instance), method) !== "function";
    const place = `${name}.${String(method)} (in ${module.name})`;
    return missing ? [] : [{ definition, wrapper, method, place }];
  });
}

type Marked = ReturnType<typeof markedMethods>[number];

/** A method that a subclass overrides and marks again is still one handler. */
function isFirst({ definition, method }: Marked, index: number, all: readonly Marked[]): boolean {
  return all.findIndex((other) => other.definition === definition && other.method === method) === index;
}

/** Returns an object whose prototype chain contains the marked methods: the instance, or the prototype of future instances. */
function prototypeSource(wrapper: ProviderWrapper): object | undefined {
  if (isSingleton(wrapper)) return typeof wrapper.instance === "object" ? (wrapper.instance ?? undefined) : undefined;
  return wrapper.isFactory ? undefined : prototypeOf(wrapper.metatype);
}

function prototypeOf(value: unknown): object | undefined {
  const prototype: unknown = typeof value === "function" ? value.prototype : undefined;
  return typeof prototype === "object" && prototype !== null ? prototype : undefined;
}

function duplicate(one: FoundHandler, other: FoundHandler): TypeError {
  return new TypeError(
    `@OnTask(${one.definition.name}) marks two methods of this app, but a task has one handler: ${one.place} and ` +
      `${other.place}. If both are the same class, two modules provide it: provide it in one module and export it from there`,
  );
}
