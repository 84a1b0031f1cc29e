import type { JSX } from "preact";
import { formatRelative, formatTime } from "../format/format.ts";
import { now } from "../state/now.ts";

interface MomentProps {
  readonly time: string;
  /** Whether the time has passed. It can be later than the page's clock, which ticks once a second. */
  readonly isPast?: boolean;
}

/** A time in words, for example `in 3 min`; the exact time is the title. */
export function Moment({ time, isPast = false }: MomentProps): JSX.Element {
  const ms = Date.parse(time);
  return (
    <time class="nowrap" dateTime={time} title={`${formatTime(ms, now.value)} (${time})`}>
      {formatRelative(isPast ? Math.min(ms, now.value) : ms, now.value)}
    </time>
  );
}
