/**
 * Creates a test for a request's path, which may end in a slash. Every path matches `undefined`.
 *
 * @throws TypeError if the path does not start with a slash: it could never match
 */
export function pathTest(path: unknown): (requested: string) => boolean {
  if (path === undefined) return () => true;
  if (typeof path !== "string" || !path.startsWith("/")) {
    throw new TypeError(`path must be a string that starts with "/", received ${JSON.stringify(path) ?? typeof path}`);
  }
  const bare = path.replace(/\/+$/, "");
  return (requested) => requested === bare || requested === `${bare}/`;
}
