import { columns, isTerminal, keepLive, log, paint, showLive } from "./output.ts";

/** Minimum time between two redraws. */
const REDRAW_MS = 50;
const WIDEST_BAR = 24;
const INDENT = " ".repeat(11);
const GAP = "   ";

/** Shows the progress of several counts towards the same total. */
export interface Progress {
  advance(count: string): void;
  /** Shows the final state. */
  end(): void;
}

/** Draws bars on a terminal; otherwise prints a line for each quarter. */
export function createProgress(total: number, names: readonly string[]): Progress {
  const counts = new Map(names.map((name) => [name, 0]));
  const show = isTerminal ? redrawing(total, counts) : quarterly(total, counts);
  return {
    advance(name) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      show(name);
    },
    end() {
      if (isTerminal) showLive(bars(total, counts));
      keepLive();
    },
  };
}

function redrawing(total: number, counts: ReadonlyMap<string, number>): () => void {
  let drawnAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - drawnAt < REDRAW_MS) return;
    drawnAt = performance.now();
    showLive(bars(total, counts));
  };
}

function quarterly(total: number, counts: ReadonlyMap<string, number>): (name: string) => void {
  return (name) => {
    const count = counts.get(name) ?? 0;
    if (count % Math.ceil(total / 4) === 0 || count === total)
      log.result(`${number(count)} of ${number(total)} ${name}`);
  };
}

function bars(total: number, counts: ReadonlyMap<string, number>): string {
  const labels = [...counts].map(
    ([name, count]) => [name, number(count).padStart(number(total).length), count] as const,
  );
  const texts = labels.map(([name, text]) => `${name}  ${text}`).join(GAP);
  // A wrapped line cannot be redrawn in place.
  const room = Math.floor((columns() - 1 - INDENT.length - texts.length) / counts.size);
  const width = Math.max(0, Math.min(WIDEST_BAR, room));
  const each = labels.map(([name, text, count]) => {
    const filled = Math.round((count / total) * width);
    return `${name} ${paint("green", "█".repeat(filled))}${paint("dim", "░".repeat(width - filled))} ${text}`;
  });
  return INDENT + each.join(GAP);
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
