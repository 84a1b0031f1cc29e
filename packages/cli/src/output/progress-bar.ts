const WIDTH = 30;

/** Formats the progress of a long work: `████████░░░░  4000/10000`. */
export function progressBar(done: number, total: number): string {
  const filled = total === 0 ? WIDTH : Math.round((done / total) * WIDTH);
  return `${"█".repeat(filled)}${"░".repeat(WIDTH - filled)}  ${done}/${total}`;
}
