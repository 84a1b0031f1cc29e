import { errorMessage } from "../core/error-message.ts";
import { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { PayloadInvalidError } from "../core/errors/payload-invalid-error.ts";
import { printableText } from "../core/printable.ts";
import type { PayloadShape } from "./encode.ts";
import { validate } from "./schema.ts";
import type { Serializer } from "./serializer.ts";

/** The parsed body of a task. */
export interface Envelope {
  /** The name of the definition. */
  readonly task: string;
  /** The payload as plain JSON; `undefined` if there is none. */
  readonly payload: unknown;
  /** The text of the client's serializer, in place of `payload`. */
  readonly serialized: string | undefined;
  /** The body as it arrived. */
  readonly body: string;
}

/**
 * Parses the body of a task. Ignores unknown keys, since a newer version may add some.
 *
 * @returns the envelope, or the problem that makes the body invalid
 */
export function parseEnvelope(text: string): Envelope | { readonly problem: string } {
  let body: unknown;
  try {
    // A body may begin with a byte order mark, which JSON.parse() rejects.
    body = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return { problem: "the body is not JSON" };
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return { problem: 'the body is not an object such as {"task":"name","payload":{}}' };
  }
  const { task, payload, serialized } = body as { readonly [key in Exclude<keyof Envelope, "body">]?: unknown };
  if (typeof task !== "string" || task === "") return { problem: 'the body names no task: "task" must be a string' };
  if (serialized === undefined || typeof serialized === "string") return { task, payload, serialized, body: text };
  return { problem: '"serialized" must be a string, the text of a serializer' };
}

/**
 * Decodes a payload. The body decides between plain JSON and the text of a serializer, because tasks may have been queued
 * before the client got its serializer.
 *
 * @returns the output of the schema, or a promise of it; without a schema, the payload
 * @throws PayloadInvalidError if the serializer cannot read the payload, or the schema rejects it
 * @throws CloudTaskError with the code `CONFIGURATION_MISSING` if there is no serializer, which a later revision may have
 */
export function decode(
  shape: PayloadShape,
  { payload: plain, serialized }: Pick<Envelope, "payload" | "serialized">,
  serializer: Serializer | undefined,
): unknown {
  const payload = serialized === undefined ? plain : deserialize(shape, serialized, serializer);
  return shape.input ? validate(shape.input, payload, `the payload of "${shape.name}"`) : payload;
}

/**
 * Returns the payload as it was pushed, before a schema changes it. If the serializer cannot read it, returns the text of the
 * serializer.
 */
export function pushedPayload({ body }: Pick<Envelope, "body">, serializer: Serializer | undefined): unknown {
  const { payload, serialized } = parseEnvelope(body) as Envelope;
  if (serialized === undefined) return payload;
  try {
    return serializer === undefined ? serialized : serializer.parse(serialized);
  } catch {
    return serialized;
  }
}

function deserialize(shape: PayloadShape, text: string, serializer: Serializer | undefined): unknown {
  if (serializer === undefined) {
    throw new CloudTaskError(
      "CONFIGURATION_MISSING",
      `the payload of "${shape.name}" was written by a serializer, but this client has none. Set the client option \`serializer\` to the same one.`,
    );
  }
  try {
    return serializer.parse(text);
  } catch (cause) {
    const message = `the client's serializer could not read it: ${printableText(errorMessage(cause))}`;
    throw new PayloadInvalidError(`the payload of "${shape.name}": ${message}`, [{ path: "payload", message }], {
      cause,
    });
  }
}
