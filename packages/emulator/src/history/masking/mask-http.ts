import type { MaskedBody } from "../../emulator-events.ts";
import type { HiddenValues } from "./hidden-values.ts";
import { maskHeaderValue, maskParameters, maskRepeated, maskText } from "./mask-text.ts";
import { isCompressed, readableText } from "./readable-text.ts";
import { maskCredentials } from "./shapes/mask-credentials.ts";
import { maskPath } from "./shapes/mask-path.ts";

type Headers = readonly (readonly [name: string, value: string])[];

/** The first bytes of a body, and its size. */
export interface BodyStart {
  readonly bytes: Uint8Array;
  readonly size: number;
  /** The `Content-Type`, empty if there is none. */
  readonly type: string;
  /** The `Content-Encoding`; default: none. */
  readonly encoding?: string;
}

/** Masks secret values of headers. The scheme of an `Authorization` header stays visible. */
export function maskHeaders(headers: Headers, hidden: HiddenValues): [name: string, value: string][] {
  return headers.map(([name, value]) => {
    return [name, hidden.names.isSecret(name) ? maskCredentials(value, hidden) : maskHeaderValue(value, hidden)];
  });
}

/** Masks user, password and secret parameters of a URL. The URL may be invalid. */
export function maskUrl(url: string, hidden: HiddenValues): string {
  // Like a URL parser: ignore tabs and line breaks, and accept any number of slashes or backslashes.
  const [, start = "", user, rest = ""] =
    /^([a-z][a-z0-9+.-]*:[\\/]*)([^\\/?#]*@)?(.*)$/is.exec(url.replace(/[\t\r\n]/g, "")) ?? [];
  if (start === "") return maskRelative(url, hidden);
  const maskedUser = user === undefined ? "" : `${hidden.hide(user.slice(0, -1))}@`;
  const parts = rest.split(/([?#])/);
  const masked = parts.map((part, index) => (index === 0 ? maskAuthority(part, hidden) : maskParameters(part, hidden)));
  return start + maskedUser + masked.join("");
}

function maskRelative(url: string, hidden: HiddenValues): string {
  if (!url.startsWith("/")) return maskText(url, hidden);
  const parts = url.split(/([?#])/);
  return parts.map((part, index) => (index === 0 ? maskSegments(part, hidden) : maskParameters(part, hidden))).join("");
}

/** Masks the host and the path. A host contains no secrets. */
function maskAuthority(text: string, hidden: HiddenValues): string {
  const at = text.search(/[\\/]/);
  return at < 0 ? text : text.slice(0, at) + maskSegments(text.slice(at), hidden);
}

function maskSegments(path: string, hidden: HiddenValues): string {
  const masked = maskPath(path, hidden);
  return masked
    .split("/")
    .map((segment) => maskRepeated(segment, hidden))
    .join("/");
}

/** Masks the secrets in the beginning of a body. Returns text if the body can be read as text, base64 otherwise. */
export function maskBody({ bytes, size, type, encoding = "" }: BodyStart, hidden: HiddenValues): MaskedBody {
  if (size === 0) return { bodyEncoding: "text", body: "", bodySize: 0 };
  const isCut = size > bytes.length;
  const sizes = { bodySize: size, ...(isCut && { isBodyCut: true as const }) };
  const coding = encoding.trim().toLowerCase();
  const read = readableText(bytes, { isCut, encoding: coding, charset: charsetOf(type) });
  if (read === undefined) {
    if (!isCompressed(coding)) return { ...maskBinary(bytes, isCut, hidden), ...sizes };
    const bodyNote = `not kept: secrets in a body with the Content-Encoding ${JSON.stringify(printable(coding))} cannot be masked`;
    return { bodyEncoding: "text", body: "", bodySize: size, bodyNote };
  }
  const { text, form, isGuess } = read;
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(type);
  const isTable = /^text\/(?:csv|tab-separated-values)\b/i.test(type);
  const masked = isForm ? maskParameters(text, hidden) : maskText(text, hidden, isTable);
  const body = hidden.scrub(masked, isCut || form === "compressed");
  // A secret proves that the bytes are text.
  if (isGuess && body === text) return { ...maskBinary(bytes, isCut, hidden), ...sizes };
  return { bodyEncoding: "text", body, ...sizes, ...notes[form] };
}

function charsetOf(type: string): string {
  return /;\s*charset\s*=\s*"?([\w-]+)/i.exec(type)?.[1] ?? "";
}

const notes = {
  "utf-8": {},
  "utf-16": { bodyNote: "decoded from UTF-16" },
  compressed: { bodyNote: "decompressed" },
} as const;

/** Masks the text secrets in a binary body. All other bytes stay unchanged. */
function maskBinary(bytes: Uint8Array, isCut: boolean, hidden: HiddenValues): Omit<MaskedBody, "bodySize"> {
  if (bytes.length === 0) return { bodyEncoding: "base64", body: "" };
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const masked = hidden.scrub(maskText(buffer.toString("latin1"), hidden), isCut);
  return {
    bodyEncoding: "base64",
    body: Buffer.from(masked, "latin1").toString("base64"),
    bodyNote: "binary: only secrets in readable text are masked",
  };
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 40);
}
