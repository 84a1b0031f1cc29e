import { HIDDEN, type HiddenValues } from "../hidden-values.ts";
import { readableText } from "../readable-text.ts";
import { decode } from "./decode-name.ts";

/** Masks a text that was encoded inside another one. */
export type MaskText = (text: string, hidden: HiddenValues) => string;

/** A word with percent escapes. */
const word = /(?<![\w.~+%*-])[\w.~+%*-]+/g;

/** An escaped delimiter: `=`, `:`, `"`, `{` or `&`, escaped once or more often. */
const delimiter = /%(?:25){0,9}(?:3[AD]|2[26]|7B)/i;

/** A word in base64. Shorter ones cannot contain a name and a secret. */
const base64 = /(?<![\w+/=-])[\w+/-]{16,}={0,2}/g;

/** Masks words that contain secrets once their percent escapes or base64 are decoded, and encodes them again. */
export function maskEncodedWords(text: string, hidden: HiddenValues, maskText: MaskText): string {
  let masked = text;
  if (masked.includes("%")) {
    masked = masked.replace(word, (found) => {
      if (!delimiter.test(found)) return found;
      const plain = decode(found);
      const plainMasked = plain === found ? plain : maskText(plain, hidden);
      return plainMasked === plain ? found : encodeURIComponent(plainMasked);
    });
  }
  return masked.replace(base64, (found) => maskBase64(found, hidden, maskText));
}

function maskBase64(found: string, hidden: HiddenValues, maskText: MaskText): string {
  const isUrlSafe = /[-_]/.test(found);
  const bytes = Buffer.from(found, "base64");
  const read = readableText(bytes, { isCut: true });
  if (read === undefined || read.text.length < 8) return found;
  const masked = maskText(read.text, hidden);
  if (masked === read.text) return found;
  hidden.hide(found);
  if (read.form !== "utf-8") return HIDDEN;
  const encoded = Buffer.from(masked).toString(isUrlSafe ? "base64url" : "base64");
  return found.endsWith("=") || isUrlSafe ? encoded : encoded.replace(/=+$/, "");
}
