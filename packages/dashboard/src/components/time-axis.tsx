import type { JSX } from "preact";
import { axisTicks } from "../format/axis-ticks.ts";

interface TimeAxisProps {
  /** The length of the axis, in milliseconds. */
  readonly spanMs: number;
  /** Returns the label of the tick at a time after the start, in milliseconds. */
  readonly label: (offsetMs: number) => string;
}

/** More ticks would overlap on narrow screens. */
const MOST_TICKS = 6;
/** A label after this share of the axis would hardly fit. A longer one is cut, so it cannot make the page wider. */
const LAST = 0.88;

/** The ticks below a chart. The chart itself states the times for screen readers. */
export function TimeAxis({ spanMs, label }: TimeAxisProps): JSX.Element {
  return (
    <div class="axis" aria-hidden="true">
      {axisTicks(spanMs, MOST_TICKS)
        .filter((offset) => spanMs === 0 || offset / spanMs <= LAST)
        .map((offset) => {
          const left = spanMs === 0 ? 0 : (100 * offset) / spanMs;
          return (
            <span key={offset} style={{ left: `${left.toFixed(2)}%`, maxWidth: `${(100 - left).toFixed(2)}%` }}>
              {label(offset)}
            </span>
          );
        })}
    </div>
  );
}
