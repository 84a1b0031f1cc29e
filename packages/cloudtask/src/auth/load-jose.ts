/** The parts of jose that verify tokens. */
export type Jose = Pick<typeof import("jose"), "decodeJwt" | "decodeProtectedHeader" | "errors" | "jwtVerify">;

let loading: Promise<Jose> | undefined;

/**
 * Loads jose for the first token, because a push never needs it. It loads only these parts, which takes half the time of
 * loading the whole library.
 */
export function loadJose(): Promise<Jose> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Jose> {
  const [{ jwtVerify }, { decodeJwt }, { decodeProtectedHeader }, errors] = await Promise.all([
    import("jose/jwt/verify"),
    import("jose/jwt/decode"),
    import("jose/decode/protected_header"),
    import("jose/errors"),
  ]);
  return { decodeJwt, decodeProtectedHeader, errors, jwtVerify };
}
