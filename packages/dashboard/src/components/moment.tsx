import type { JSX } from "preact";
import { formatRelative, formatTime } from "../format/format.ts";
import { now } from "../state/now.ts";

/** A time in words, for example `in 3 min`; the exact time is the title. */
export function Moment({ time }: { readonly time: string }): JSX.Element {
  const ms = Date.parse(time);
  return (
    <time dateTime={time} title={`${formatTime(ms, now.value)} (${time})`}>
      {formatRelative(ms, now.value)}
    </time>
  );
}
