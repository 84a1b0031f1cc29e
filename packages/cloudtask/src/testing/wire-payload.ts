import { type Envelope, parseEnvelope } from "../payload/envelope.ts";
import type { Serializer } from "../payload/serializer.ts";

/**
 * @param body - the body of a task, as this library wrote it
 * @param serializer - the client's, where it has one
 * @returns the name of its definition, and its payload as it travelled: plain JSON, or what the serializer reads
 */
export function readPayload(
  body: string,
  serializer: Serializer | undefined,
): { readonly task: string; readonly payload: unknown } {
  const { task, payload, serialized } = parseEnvelope(body) as Envelope;
  return { task, payload: serialized === undefined ? payload : serializer?.parse(serialized) };
}
