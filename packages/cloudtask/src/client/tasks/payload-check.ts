import type { Serializer } from "../../payload/serializer.ts";
import type { StandardSchema } from "../../payload/standard-schema.ts";

declare const UNTYPED: unique symbol;

/**
 * The payload of a handler whose parameter has no type. Annotate it, as in `async (payload: { id: number }) => …`, or add an `input`
 * schema. A handler without a parameter needs neither.
 */
export interface UntypedPayload {
  readonly [UNTYPED]: "annotate the parameter of the handler, or add an `input` schema";
}

/** The payload of pushes to a handler without a schema. */
export type SentPayload<Payload> = IsUntyped<Payload> extends true ? ReturnType<() => void> : Payload;

/** Whether the payload's type is unknown because the handler's parameter has none. `any` is the choice of the user. */
export type IsUntyped<Payload> = 0 extends 1 & Payload
  ? false
  : [Payload] extends [never]
    ? false
    : [Payload] extends [UntypedPayload]
      ? true
      : false;

/**
 * The type that the name of a task must have if its payload cannot be sent as JSON. No value has it, so the compiler prints it.
 *
 * @typeParam Problem - the property and its type
 *
 * @example
 * ```ts
 * // @ts-expect-error 'string' is not assignable to 'UnsendablePayload<"payload.born is a Date">'
 * client.task("remind", async (user: { born: Date }) => user.born.getFullYear());
 * ```
 */
export interface UnsendablePayload<in out Problem extends string> {
  readonly problem: Problem;
  readonly remedy: "use a type of JSON, add an `input` schema, or set the client option `serializer`";
}

/**
 * The type of the name of a task: `string`, unless its payload cannot be sent. Use it in a generic function that defines tasks,
 * to leave the check to its callers.
 *
 * @example
 * ```ts
 * const define = <Payload>(name: DefinitionName<Payload>, run: (payload: Payload) => Promise<void>) => client.task(name, run);
 * ```
 */
export type DefinitionName<
  Payload,
  Schema extends StandardSchema = never,
  Format extends Serializer | undefined = undefined,
> = [Schema] extends [never]
  ? [Format] extends [undefined]
    ? [Unsendable<Payload>] extends [never]
      ? string
      : UnsendablePayload<Unsendable<Payload>>
    : string
  : string;

/** The remaining levels to check, one level deeper. The types of payloads can be recursive. */
export type Deeper = [never, 0, 1, 2, 3, 4];

/** The properties of a payload that JSON would lose or change, with their types; `never` if there are none. */
export type Unsendable<Value, Path extends string = "payload", Depth extends number = 4> = 0 extends 1 & Value
  ? never
  : unknown extends Value
    ? never
    : Value extends string | number | boolean | null | undefined | ReturnType<() => void> | UntypedPayload
      ? never
      : Value extends bigint
        ? `${Path} is a bigint`
        : Value extends symbol
          ? `${Path} is a symbol`
          : Value extends (...args: never) => unknown
            ? `${Path} is a function`
            : Value extends Date
              ? `${Path} is a Date`
              : Value extends ReadonlyMap<unknown, unknown>
                ? `${Path} is a Map`
                : Value extends ReadonlySet<unknown>
                  ? `${Path} is a Set`
                  : Depth extends 0
                    ? never
                    : UnsendableChild<Value, Path, Deeper[Depth] & number>;

/** The same for the items of an array and the properties of an object. */
export type UnsendableChild<Value, Path extends string, Depth extends number> = Value extends readonly (infer Item)[]
  ? Unsendable<Item, `${Path}[]`, Depth>
  : {
      [Key in keyof Value & (string | number)]-?: Unsendable<Value[Key], `${Path}.${Key}`, Depth>;
    }[keyof Value & (string | number)];
