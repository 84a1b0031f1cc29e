/**
 * Returns a text as a stream. The body of a `Request` or `Response` that was created from a string ends with a call of
 * `queueMicrotask()` in Node, so it never ends while a test fakes that function.
 */
export function textStream(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      if (text !== "") controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
}
