import { type DescEnum, type JsonValue, ScalarType } from "@bufbuild/protobuf";

/** Reads the JSON of a scalar. Returns undefined if the value does not fit the type. */
type Reader = (json: JsonValue) => unknown;

const readers: Readonly<Partial<Record<ScalarType, Reader>>> = {
  [ScalarType.STRING]: (json) => (typeof json === "string" ? json : undefined),
  [ScalarType.BOOL]: readBool,
  [ScalarType.INT32]: (json) => int32(json),
  [ScalarType.INT64]: (json) => int64(json),
  [ScalarType.DOUBLE]: readDouble,
  [ScalarType.FLOAT]: readDouble,
  [ScalarType.BYTES]: readBytes,
};

/** Numbers and booleans may be written as strings, as in query parameters. */
export function readScalar(type: ScalarType, json: JsonValue): unknown {
  return readers[type]?.(json);
}

/** Reads the JSON of an enum: a name, or a number, which the API need not know. */
export function readEnum(type: DescEnum, json: JsonValue): number | undefined {
  const named = type.values.find(({ name }) => name === json);
  return named ? named.number : int32(json);
}

function readBool(json: JsonValue): boolean | undefined {
  if (typeof json === "boolean") return json;
  return json === "true" ? true : json === "false" ? false : undefined;
}

function int32(json: JsonValue): number | undefined {
  const value = numberIn(json);
  return Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31 ? value : undefined;
}

function int64(json: JsonValue): bigint | undefined {
  const isText = typeof json === "string" && /^-?\d+$/.test(json);
  if (!isText && !(typeof json === "number" && Number.isInteger(json))) return undefined;
  const value = BigInt(json);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

function readDouble(json: JsonValue): number | undefined {
  if (json === "NaN") return Number.NaN;
  if (json === "Infinity") return Number.POSITIVE_INFINITY;
  if (json === "-Infinity") return Number.NEGATIVE_INFINITY;
  const value = numberIn(json);
  return Number.isFinite(value) ? value : undefined;
}

/** Accepts both alphabets of base64, with and without padding. */
function readBytes(json: JsonValue): Uint8Array | undefined {
  if (typeof json !== "string" || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(json)) return undefined;
  const padding = json.endsWith("==") ? 2 : json.endsWith("=") ? 1 : 0;
  if ((json.length - padding) % 4 === 1) return undefined;
  return new Uint8Array(Buffer.from(json, "base64"));
}

function numberIn(json: JsonValue): number {
  const isNumeric =
    typeof json === "number" || (typeof json === "string" && /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(json));
  return isNumeric ? Number(json) : Number.NaN;
}
