/** Returns the message for an error of `createEmulator`, with a remedy if the address is the reason. */
export function startFailure(error: unknown, address: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const remedy = code === undefined ? undefined : REMEDIES[code];
  if (remedy !== undefined) return `cannot listen on ${address}: ${remedy}`;
  return (message || String(error)).replace(/^createEmulator: /, "");
}

const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE:
    "the port is in use, perhaps by another emulator; stop it, or choose another port with --port (0 for any)",
  EACCES: "permission denied; choose a port above 1023 with --port",
  EADDRNOTAVAIL: "this machine does not have the address; set one of its addresses with --host",
  ENOTFOUND: "the host name does not exist; set an address with --host",
  EAI_AGAIN: "the host name cannot be resolved; set an address with --host",
};
