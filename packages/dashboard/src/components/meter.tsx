import type { JSX } from "preact";

interface MeterProps {
  readonly used: number;
  readonly limit: number;
  /** The text beside the bar, for example `3 of 10`. */
  readonly text: string;
}

/** A text about a limit, above a small bar that shows how much of it is used. */
export function Meter({ used, limit, text }: MeterProps): JSX.Element {
  const share = limit > 0 ? Math.min(1, used / limit) : 0;
  return (
    <span class="meter">
      {text}
      <span class="meter-bar" aria-hidden="true">
        <span class={share >= 0.9 ? "full" : ""} style={{ width: `${(100 * share).toFixed(1)}%` }} />
      </span>
    </span>
  );
}
