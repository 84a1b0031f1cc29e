import type { JSX } from "preact";

interface SparklineProps {
  readonly values: readonly number[];
  /** The text for screen readers, for example `12 tasks in the last minute`. */
  readonly label: string;
}

const WIDTH = 96;
const HEIGHT = 24;
/** The space for the width of the line. */
const MARGIN = 1.5;

/** A small line of counts over time. */
export function Sparkline({ values, label }: SparklineProps): JSX.Element {
  // A new emulator has no finished bucket yet.
  if (values.length === 0) return <span class="muted">–</span>;
  const most = Math.max(1, ...values);
  const step = WIDTH / Math.max(1, values.length - 1);
  const points = values.map((value, index) => {
    const y = HEIGHT - MARGIN - (value / most) * (HEIGHT - 2 * MARGIN);
    return `${(index * step).toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <polygon points={[`0,${HEIGHT}`, ...points, `${WIDTH},${HEIGHT}`].join(" ")} fill="var(--accent-bg)" />
      <polyline points={points.join(" ")} fill="none" stroke="var(--accent)" stroke-width="1.5" />
    </svg>
  );
}
