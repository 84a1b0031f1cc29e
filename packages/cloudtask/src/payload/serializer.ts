/**
 * Converts payloads to text and back, instead of plain JSON. superjson and devalue need no adapter. `parse()` must be the inverse
 * of `stringify()`.
 *
 * @example
 * ```ts
 * import superjson from "superjson";
 * new CloudTaskClient({ url, serializer: superjson });
 * ```
 */
export interface Serializer {
  /** Converts a payload to text. With a schema, the payload is the schema's input. */
  stringify(payload: unknown): string;
  /** Converts the text of `stringify()` back to a payload. */
  parse(text: string): unknown;
}
