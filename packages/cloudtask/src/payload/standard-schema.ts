/**
 * The common interface of zod, valibot, arktype and other validation libraries.
 *
 * Source: https://standardschema.dev
 *
 * @example
 * ```ts
 * const wholeNumber: StandardSchema<number> = {
 *   "~standard": {
 *     version: 1,
 *     vendor: "my-app",
 *     validate: (value) => (Number.isInteger(value) ? { value: value as number } : { issues: [{ message: "not whole" }] }),
 *   },
 * };
 * ```
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** The result of a validation: the output, or the issues. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** An issue. Its path consists of keys, or of objects with a key. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * The type of the values that a schema accepts.
 *
 * @example
 * ```ts
 * const schema = z.object({ due: z.coerce.date<string>() });
 * type Pushed = SchemaInput<typeof schema>; // { due: string }
 * ```
 */
export type SchemaInput<Schema extends StandardSchema> = NonNullable<Schema["~standard"]["types"]>["input"];

/**
 * The type of the values that a schema returns.
 *
 * @example
 * ```ts
 * const schema = z.object({ due: z.coerce.date<string>() });
 * type Handled = SchemaOutput<typeof schema>; // { due: Date }
 * ```
 */
export type SchemaOutput<Schema extends StandardSchema> = NonNullable<Schema["~standard"]["types"]>["output"];
