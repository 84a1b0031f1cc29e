import { errorMessage } from "../core/error-message.ts";
import { PayloadNotSerializableError } from "../core/errors/payload-not-serializable-error.ts";
import { validate } from "./schema.ts";
import type { Serializer } from "./serializer.ts";
import type { StandardSchema } from "./standard-schema.ts";
import { strictJson } from "./strict-json.ts";

/** The parts of a task definition that its payloads depend on. */
export interface PayloadShape {
  readonly name: string;
  readonly input: StandardSchema | undefined;
}

/**
 * Encodes the body of a task: `{"task":"process-order","payload":{…}}`, or with a serializer
 * `{"task":"process-order","serialized":"…"}`. With a schema, the body contains the input of the schema. It is validated as
 * the worker will receive it, so a payload that can be pushed can also be received.
 *
 * @returns a promise only if there is a schema or a serializer
 * @throws PayloadNotSerializableError, PayloadInvalidError
 */
export function encode(
  shape: PayloadShape,
  payload: unknown,
  serializer: Serializer | undefined,
): string | Promise<string> {
  if (serializer !== undefined) return encodeWith(serializer, shape, payload);
  if (shape.input !== undefined) return encodeInput(shape, shape.input, payload);
  const { text } = strictJson(payload, { subject: subjectOf(shape) });
  return envelopeOf(shape, "payload", text);
}

function subjectOf({ name }: PayloadShape): string {
  return `the payload of "${name}"`;
}

function envelopeOf({ name }: PayloadShape, key: "payload" | "serialized", text: string | undefined): string {
  const task = JSON.stringify(name);
  return text === undefined ? `{"task":${task}}` : `{"task":${task},"${key}":${text}}`;
}

async function encodeInput(shape: PayloadShape, input: StandardSchema, payload: unknown): Promise<string> {
  const subject = subjectOf(shape);
  const { text, conversions, dropped } = strictJson(payload, { subject, converts: "all" });
  const changed = (conversions.length > 0 || dropped) && text !== undefined;
  const hint = conversions.length > 0 ? ` (as received: ${conversions.join("; ")})` : "";
  await validate(input, changed ? JSON.parse(text) : payload, subject + hint);
  return envelopeOf(shape, "payload", text);
}

async function encodeWith(serializer: Serializer, shape: PayloadShape, payload: unknown): Promise<string> {
  if (shape.input !== undefined) await validate(shape.input, payload, subjectOf(shape));
  return envelopeOf(shape, "serialized", payload === undefined ? undefined : serialize(serializer, shape, payload));
}

function serialize(serializer: Serializer, shape: PayloadShape, payload: unknown): string {
  let text: unknown;
  try {
    text = serializer.stringify(payload);
  } catch (cause) {
    throw new PayloadNotSerializableError(
      `${subjectOf(shape)}: the client's serializer rejected it: ${errorMessage(cause)}`,
      "payload",
      { cause },
    );
  }
  if (typeof text === "string") return JSON.stringify(text);
  throw new TypeError(`serializer.stringify() must return a string, returned ${typeof text}`);
}
