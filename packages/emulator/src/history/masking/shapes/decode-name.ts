/** Decodes percent escapes and `+`. If the text is malformed or cut off, only escapes of ASCII characters are decoded. */
export function decode(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced.replace(/%([0-7][0-9a-f])/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  }
}

/** Decodes a name that may be escaped more than once. */
export function decodeName(name: string): string {
  let decoded = name;
  for (let round = 0; round < 5 && decoded.includes("%"); round += 1) decoded = decode(decoded);
  return decoded;
}
