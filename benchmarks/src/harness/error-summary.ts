/** Returns the last lines of an error's message, on one line. Child processes add their whole output to it. */
export function errorSummary(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const lines = message.trim().split("\n").slice(-6);
  return lines
    .map((line) => line.trim())
    .join(" ")
    .slice(-400);
}
