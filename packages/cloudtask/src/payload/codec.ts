import { errorMessage } from "../core/error-message.ts";
import { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { PayloadInvalidError } from "../core/errors/payload-invalid-error.ts";
import { PayloadNotSerializableError } from "../core/errors/payload-not-serializable-error.ts";
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
}

/** What the codec must know of a task. */
export interface PayloadShape {
  readonly name: string;
  readonly input: StandardSchema | undefined;
}

/**
 * Writes the body of a task: `{"task":"process-order","payload":{…}}`, or with a serializer
 * `{"task":"process-order","serialized":"…"}`, whatever the format of its text. With a schema, what is sent is the
 * schema's input, checked in the very form in which it will arrive, so that what can be pushed can be received.
 *
 * @param shape - the task's name and schema
 * @param payload - what was pushed
 * @param serializer - the client's, where it has one
 * @returns the body
 * @throws PayloadNotSerializableError, PayloadInvalidError
 */
export async function encode(
  shape: PayloadShape,
  payload: unknown,
  serializer: Serializer | undefined,
): Promise<string> {
  const text = serializer ? await withSerializer(shape, payload, serializer) : await asPlainJson(shape, payload);
  const task = JSON.stringify(shape.name);
  return text === undefined
    ? `{"task":${task}}`
    : `{"task":${task},"${serializer ? "serialized" : "payload"}":${text}}`;
}

/**
 * Parses the body of a task. Ignores unknown keys, since a newer version may add some.
 *
 * @returns the envelope, or the problem that makes the body invalid
 */
export function parseEnvelope(text: string): Envelope | { readonly problem: string } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { problem: "the body is not JSON" };
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return { problem: 'the body is not an object such as {"task":"name","payload":{}}' };
  }
  const { task, payload, serialized } = body as { readonly [key in keyof Envelope]?: unknown };
  if (typeof task !== "string" || task === "") return { problem: 'the body names no task: "task" must be a string' };
  if (serialized === undefined || typeof serialized === "string") return { task, payload, serialized };
  return { problem: '"serialized" must be a string, the text of a serializer' };
}

/**
 * Reads a payload as it came in the body: plain JSON, or a serializer's text, whatever this client itself would write, so
 * that tasks which were queued before a serializer was introduced can still be read.
 *
 * @param shape - the task's name and schema
 * @param envelope - the parsed body
 * @param serializer - the client's, where it has one
 * @returns the schema's output; without a schema, the payload
 * @throws PayloadInvalidError where the serializer cannot read it or the schema refuses it; CloudTaskError with the code
 * `CONFIGURATION_MISSING` where there is no serializer, which a later revision may have
 */
export async function decode(
  shape: PayloadShape,
  { payload: plain, serialized }: Pick<Envelope, "payload" | "serialized">,
  serializer: Serializer | undefined,
): Promise<unknown> {
  const payload = serialized === undefined ? plain : deserialize(shape, serialized, serializer);
  return shape.input ? validate(shape.input, payload, `the payload of "${shape.name}"`) : payload;
}

async function asPlainJson(shape: PayloadShape, payload: unknown): Promise<string | undefined> {
  const { text, converted, dropped } = strictJson(payload, { allowToJson: shape.input !== undefined });
  if (shape.input !== undefined) {
    const arrives: unknown = (converted || dropped) && text !== undefined ? JSON.parse(text) : payload;
    const hint = converted ? " (as it arrives: JSON turns a Date into a string, which z.coerce.date() reads back)" : "";
    await validate(shape.input, arrives, `the payload of "${shape.name}"${hint}`);
  }
  return text;
}

async function withSerializer(
  shape: PayloadShape,
  payload: unknown,
  serializer: Serializer,
): Promise<string | undefined> {
  if (shape.input !== undefined) await validate(shape.input, payload, `the payload of "${shape.name}"`);
  if (payload === undefined) return undefined;
  let text: unknown;
  try {
    text = serializer.stringify(payload);
  } catch (cause) {
    throw new PayloadNotSerializableError(
      `the payload of "${shape.name}": the client's serializer refused it: ${errorMessage(cause)}`,
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
      `the payload of "${shape.name}" was written by a serializer, and this client has none: give it the same \`serializer\``,
    );
  }
  try {
    return serializer.parse(text);
  } catch (cause) {
    const message = `the client's serializer could not read it: ${errorMessage(cause)}`;
    throw new PayloadInvalidError(`the payload of "${shape.name}": ${message}`, [{ path: "payload", message }], {
      cause,
    });
  }
}
