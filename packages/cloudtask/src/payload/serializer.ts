/**
 * How payloads become text and come back, in place of plain JSON: superjson and devalue fit as they are. The two must be
 * inverse to each other.
 *
 * @example
 * ```ts
 * import superjson from "superjson";
 * new CloudTaskClient({ url, serializer: superjson });
 * ```
 */
export interface Serializer {
  /** @param payload - what was pushed (with a schema: the schema's input) */
  stringify(payload: unknown): string;
  /** @param text - what `stringify` made */
  parse(text: string): unknown;
}
