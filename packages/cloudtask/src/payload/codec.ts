import { errorMessage } from "../core/error-message.ts";
import { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { PayloadInvalidError } from "../core/errors/payload-invalid-error.ts";
import { PayloadNotSerializableError } from "../core/errors/payload-not-serializable-error.ts";
import { printableText } from "../core/printable.ts";
import { validate } from "./schema.ts";
import type { Serializer } from "./serializer.ts";
import type { StandardSchema } from "./standard-schema.ts";
import { strictJson } from "./strict-json.ts";

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

/** The parts of a task definition that the codec uses. */
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
 * @returns the output of the schema; without a schema, the payload
 * @throws PayloadInvalidError if the serializer cannot read the payload, or the schema rejects it
 * @throws CloudTaskError with the code `CONFIGURATION_MISSING` if there is no serializer, which a later revision may have
 */
export async function decode(
  shape: PayloadShape,
  { payload: plain, serialized }: Pick<Envelope, "payload" | "serialized">,
  serializer: Serializer | undefined,
): Promise<unknown> {
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
