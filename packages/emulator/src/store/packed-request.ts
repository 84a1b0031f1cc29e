import type { AppEngineTaskRequest, HttpTaskRequest, TaskRequest } from "../engine/records.ts";

/** Larger bodies stay bytes, because a copy of them would take longer than it saves. */
const MAX_PACKED = 64 * 1024;

/**
 * A request whose body is text, one character per byte. Bytes are three objects for the garbage collector and memory outside of its
 * heap, and the bytes of a new task are a part of the call that created it. A text is one object without references.
 */
export type PackedRequest = (Omit<HttpTaskRequest, "body"> & Packed) | (Omit<AppEngineTaskRequest, "body"> & Packed);

interface Packed {
  readonly body: Uint8Array | string;
}

export function packed(request: TaskRequest): PackedRequest {
  const { buffer, byteOffset, length } = request.body;
  if (length > MAX_PACKED) return request;
  return { ...request, body: Buffer.from(buffer, byteOffset, length).toString("latin1") };
}

export function unpacked(request: PackedRequest): TaskRequest {
  const { body } = request;
  if (typeof body !== "string") return { ...request, body };
  const { buffer, byteOffset, length } = Buffer.from(body, "latin1");
  return { ...request, body: new Uint8Array(buffer, byteOffset, length) };
}
