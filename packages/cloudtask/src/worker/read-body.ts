import type { Outcome } from "./outcome.ts";

/**
 * Reads a request's body, once, as text.
 *
 * @param request - whose body was not read yet
 * @param maxBytes - the most that is read
 * @returns the text, or the outcome that refuses it
 */
export async function readBody(request: Request, maxBytes: number): Promise<string | Outcome> {
  if (request.bodyUsed) {
    return {
      kind: "malformed",
      message: "the body was read before the worker got it: mount the worker before whatever parses bodies",
    };
  }
  if (Number(request.headers.get("Content-Length")) > maxBytes) return tooLarge(maxBytes);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength;
      if (size > maxBytes) return tooLarge(maxBytes);
      chunks.push(chunk);
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(concat(chunks, size));
  } catch {
    return { kind: "malformed", message: "the body did not arrive whole, or is not UTF-8" };
  }
}

function tooLarge(maxBytes: number): Outcome {
  return { kind: "too-large", message: `the body is larger than ${maxBytes} bytes; see \`maxBodyBytes\`` };
}

function concat(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const [first] = chunks;
  if (chunks.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}
