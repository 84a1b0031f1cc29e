import type { DeclaredTask, Delivery } from "cloudtask";

/** What a method marked by `@OnTask` gets after the payload: the `delivery`. */
export type OnTaskContext = { readonly delivery: Delivery };

/**
 * What `@OnTask` makes: it takes methods whose first parameter accepts what the definition's schema gives out.
 *
 * @typeParam Handled - what the method is given
 */
export type OnTaskDecorator<Handled> = <Method extends (payload: Handled, context: OnTaskContext) => unknown>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** A definition, as far as finding its handler goes. */
type Definition = DeclaredTask<unknown>;

/** A method, and a definition whose tasks it handles. */
interface MarkedMethod {
  readonly method: string | symbol;
  readonly definition: Definition;
}

const marks = new WeakMap<object, MarkedMethod[]>();

/**
 * Makes a method of a provider or controller the handler of a declared task, in apps that import `CloudTaskModule`. It is
 * called on the instance that Nest made: where the class is request-scoped, or depends on something that is, on one of the
 * delivery's own.
 *
 * A subclass inherits it, also where it overrides the method. A method may handle several tasks; a task has one handler.
 * What the handler returns, throws and means is as in `client.task()`.
 *
 * @param definition - made by `client.declare()`
 * @returns a decorator for the method; the types refuse one whose first parameter does not accept the payload
 * @throws TypeError where the definition is none, or what is decorated is no method of instances; other mistakes are refused
 * when the app starts: two methods for a task, a definition of another client
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
      `@OnTask(): expected a definition made by client.declare(), received ${typeof definition}; where modules import each ` +
        "other in a circle, it may not be made yet",
    );
  }
  return (target, method) => {
    if (typeof method === "object" || typeof target !== "object") {
      throw new TypeError(
        `@OnTask(${definition.name}): it stands on a method of instances, compiled with \`experimentalDecorators\`, as all ` +
          "decorators of NestJS",
      );
    }
    const marked = marks.get(target) ?? [];
    marks.set(target, [...marked, { method, definition: definition as unknown as Definition }]);
  };
}

/**
 * @param prototype - of a class
 * @returns the methods marked in it and in what it extends
 */
export function markedMethods(prototype: object): readonly MarkedMethod[] {
  const found: MarkedMethod[] = [];
  for (let each: object | null = prototype; each !== null; each = Object.getPrototypeOf(each)) {
    found.push(...(marks.get(each) ?? []));
  }
  return found;
}
