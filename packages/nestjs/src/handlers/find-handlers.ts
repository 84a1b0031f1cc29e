import type { ModulesContainer } from "@nestjs/core";
import { isSingleton, type NestModule, type ProviderWrapper } from "../injection/provider-wrapper.ts";
import { markedMethods } from "./on-task.ts";

/** A method of the app that handles the tasks of a definition. */
export interface FoundHandler {
  readonly definition: ReturnType<typeof markedMethods>[number]["definition"];
  readonly wrapper: ProviderWrapper;
  readonly method: string | symbol;
  /** Such as `OrdersService.charge (in AppModule)`. */
  readonly where: string;
}

/**
 * Finds the methods marked by `@OnTask` on the providers and controllers of an app.
 *
 * @param modules - the app's
 * @returns what was found
 * @throws TypeError where two handle the tasks of one definition
 */
export function findHandlers(modules: ModulesContainer): readonly FoundHandler[] {
  const found = new Map<unknown, FoundHandler>();
  for (const handler of [...modules.values()].flatMap(handlersIn)) {
    const other = found.get(handler.definition);
    if (other !== undefined && !isSame(other, handler)) throw twice(other, handler);
    found.set(handler.definition, handler);
  }
  return [...found.values()];
}

function handlersIn(module: NestModule): readonly FoundHandler[] {
  return [...module.providers.values(), ...module.controllers.values()]
    .filter(({ isAlias }) => !isAlias)
    .flatMap((wrapper) => handlersOf(module, wrapper));
}

/** Whether they are one method of one instance, which stands under two names. */
function isSame(one: FoundHandler, other: FoundHandler): boolean {
  const [first, second] = [one, other].map(({ wrapper }) => (isSingleton(wrapper) ? wrapper.instance : wrapper));
  return first === second && one.method === other.method;
}

/** What is marked in the class, or in the class that is the token: whatever stands in for it does its work. */
function handlersOf(module: NestModule, wrapper: ProviderWrapper): readonly FoundHandler[] {
  const prototypes = [sample(wrapper), prototypeOf(wrapper.token)].filter((each) => each !== undefined);
  const marked = new Set(prototypes.flatMap(markedMethods));
  const { name } = typeof wrapper.token === "function" ? wrapper.token : { name: String(wrapper.name) };
  return [...marked].filter(uniquely).flatMap(({ definition, method }) => {
    const missing = isSingleton(wrapper) && typeof Reflect.get(Object(wrapper.instance), method) !== "function";
    const where = `${name}.${String(method)} (in ${module.name})`;
    return missing ? [] : [{ definition, wrapper, method, where }];
  });
}

type Marked = ReturnType<typeof markedMethods>[number];

/** A method that a subclass overrides and marks again is one handler. */
function uniquely({ definition, method }: Marked, index: number, all: readonly Marked[]): boolean {
  return all.findIndex((other) => other.definition === definition && other.method === method) === index;
}

/** An instance, or what instances will inherit from. */
function sample(wrapper: ProviderWrapper): object | undefined {
  if (isSingleton(wrapper)) return typeof wrapper.instance === "object" ? (wrapper.instance ?? undefined) : undefined;
  return wrapper.isFactory ? undefined : prototypeOf(wrapper.metatype);
}

function prototypeOf(value: unknown): object | undefined {
  const prototype: unknown = typeof value === "function" ? value.prototype : undefined;
  return typeof prototype === "object" && prototype !== null ? prototype : undefined;
}

function twice(one: FoundHandler, other: FoundHandler): TypeError {
  return new TypeError(
    `@OnTask(${one.definition.name}) stands on two methods of this app, and a delivery can run only one: ${one.where} and ` +
      `${other.where}; where that is one class, it is a provider of two modules: let one provide and export it`,
  );
}
