import type { DeclaredTask, Delivery } from "cloudtask";

/**
 * The second parameter of a method marked by `@OnTask`.
 *
 * @example
 * ```ts
 * class ReportsService {
 *   @OnTask(createReport)
 *   async create({ month }: { month: string }, { delivery }: OnTaskContext) {
 *     console.log(`attempt ${delivery.attempt} of the report of ${month}`);
 *   }
 * }
 * ```
 */
export type OnTaskContext = { readonly delivery: Delivery };

/**
 * The decorator that `@OnTask` returns. It accepts methods whose first parameter accepts the output of the definition's schema.
 *
 * @typeParam Handled - the type of the payload that the method receives
 */
export type OnTaskDecorator<Handled> = <Method extends (payload: Handled, context: OnTaskContext) => unknown>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

type Definition = DeclaredTask<unknown>;

/** A method, and the definition whose tasks it handles. */
interface MarkedMethod {
  readonly method: string | symbol;
  readonly definition: Definition;
}

const marks = new WeakMap<object, MarkedMethod[]>();

/**
 * Makes a method of a provider or controller the handler of a declared task, in apps that import `CloudTaskModule`. The method is
 * called on the instance that NestJS created. If the class is request-scoped, or depends on a request-scoped provider, each
 * delivery has an instance of its own.
 *
 * Subclasses inherit the handler, even if they override the method. A method may handle several tasks, but a task has only one
 * handler. Results and errors have the same meaning as in `client.task()`.
 *
 * @param definition - created by `client.declare()`
 * @returns a decorator for the method; a method that does not accept the payload is a type error
 * @throws TypeError if the argument is not a definition, or if the decorated member is not an instance method. Two methods for
 * one task, and a definition of another client, are rejected when the app starts
 *
 * @example
 * ```ts
 * const chargeCard = client.declare("charge-card", { input: z.object({ orderId: z.number() }) });
 *
 * class PaymentsService {
 *   constructor(@Inject(Cards) private readonly cards: Cards) {}
 *
 *   @OnTask(chargeCard)
 *   async charge({ orderId }: { orderId: number }, { delivery }: OnTaskContext) {
 *     await this.cards.charge(orderId, { signal: delivery.signal });
 *   }
 * }
 * ```
 */
export function OnTask<Payload, Handled>(definition: DeclaredTask<Payload, Handled>): OnTaskDecorator<Handled> {
  if (typeof definition !== "function") {
    throw new TypeError(
      `@OnTask(): expected a definition created by client.declare(), received ${typeof definition}. With circular ` +
        "imports between modules, the definition may not exist yet",
    );
  }
  return (target, method) => {
    if (typeof method === "object" || typeof target !== "object") {
      throw new TypeError(
        `@OnTask(${definition.name}): decorate a method that is not static, and compile it with \`experimentalDecorators\`, as ` +
          "all decorators of NestJS",
      );
    }
    const marked = marks.get(target) ?? [];
    marks.set(target, [...marked, { method, definition: definition as unknown as Definition }]);
  };
}

/** Returns the methods that are marked in a class and in its base classes. */
export function markedMethods(prototype: object): readonly MarkedMethod[] {
  const found: MarkedMethod[] = [];
  for (let each: object | null = prototype; each !== null; each = Object.getPrototypeOf(each)) {
    found.push(...(marks.get(each) ?? []));
  }
  return found;
}
