/** A google.protobuf.Timestamp the given number of seconds from now, in whole seconds. */
export function inSeconds(seconds: number): { readonly seconds: number } {
  return { seconds: Math.floor(Date.now() / 1000) + seconds };
}
