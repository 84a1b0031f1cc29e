/** Creates the error of an answer that is not valid HTTP/1.1, with the code that Node's own parser uses. */
export function parseError(code: `HPE_${string}`, problem: string): Error {
  return Object.assign(new Error(`Parse Error: ${problem}`), { code });
}
