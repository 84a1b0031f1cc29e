const WIDTH = 30;

/** Formats the progress of a long work: ` 4000/10000  ████████░░░░`. A narrow terminal cuts the end, so the numbers come first. */
export function progressBar(done: number, total: number): string {
  const filled = total === 0 ? WIDTH : Math.round((done / total) * WIDTH);
  const count = String(done).padStart(String(total).length);
  return `${count}/${total}  ${"█".repeat(filled)}${"░".repeat(WIDTH - filled)}`;
}
