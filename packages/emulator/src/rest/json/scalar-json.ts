import { type JsonValue, ScalarType } from "@bufbuild/protobuf";

/** Writes the JSON of a scalar. */
export function scalarJson(type: ScalarType): (value: unknown) => JsonValue {
  switch (type) {
    case ScalarType.BYTES:
      return (value) => base64(value as Uint8Array);
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      // JSON has no numbers for these.
      return (value) => (Number.isFinite(value) ? (value as number) : String(value));
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return String;
    default:
      return (value) => value as JsonValue;
  }
}

/** Checks whether an integer, an enum, a text, a boolean or bytes have the value of an unset field. */
export function isZero(value: unknown): boolean {
  if (value instanceof Uint8Array) return value.length === 0;
  return value === "" || value === 0 || value === false || value === 0n;
}

/** Encodes bytes by Node: the protobuf library does so character by character, which uses forty times their size in memory. */
function base64({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}
