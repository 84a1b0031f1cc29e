/**
 * @param path - where something is mounted; `undefined` for everywhere
 * @returns what tells whether a request's path is that one, with or without a slash at its end
 * @throws TypeError for what is no path, and so would never be met
 */
export function pathTest(path: unknown): (requested: string) => boolean {
  if (path === undefined) return () => true;
  if (typeof path !== "string" || !path.startsWith("/")) {
    throw new TypeError(`path must be a string that starts with "/", received ${JSON.stringify(path) ?? typeof path}`);
  }
  const bare = path.replace(/\/+$/, "");
  return (requested) => requested === bare || requested === `${bare}/`;
}
