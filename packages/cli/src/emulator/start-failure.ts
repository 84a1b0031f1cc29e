/**
 * @param error - what `createEmulator` threw
 * @param where - `127.0.0.1:8123`
 * @returns one line: what failed, on what, and what to do
 */
export function startFailure(error: unknown, where: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const remedy = code === undefined ? undefined : REMEDIES[code];
  if (remedy !== undefined) return `cannot listen on ${where}: ${remedy}`;
  return (message || String(error)).replace(/^createEmulator: /, "");
}

const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is in use, perhaps by another emulator; stop that, or choose a port by --port, 0 for any",
  EACCES: "not allowed; ports below 1024 are for the administrator, so choose another by --port",
  EADDRNOTAVAIL: "this machine has no such address; give one of its own by --host",
  ENOTFOUND: "there is no host of that name; give an address by --host",
  EAI_AGAIN: "the name of the host cannot be resolved; give an address by --host",
};
