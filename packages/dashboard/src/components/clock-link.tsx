import type { JSX } from "preact";
import { formatDuration } from "../format/format.ts";
import { clockSkewMs } from "../state/live.ts";
import { hrefOf } from "../state/router.ts";

/** A smaller difference is the time that a request takes. */
const TURNED_MS = 2_000;

/** Whether the clock of the emulator differs from that of this computer. */
export function isClockTurned(): boolean {
  return Math.abs(clockSkewMs.value) > TURNED_MS;
}

/** Reminds the user on every page that all times are those of a clock that was advanced. */
export function ClockLink(): JSX.Element | null {
  if (!isClockTurned()) return null;
  return (
    <a class="badge warn" href={hrefOf(["schedule"])}>
      Clock {clockSkewMs.value > 0 && "+"}
      {formatDuration(clockSkewMs.value)}
    </a>
  );
}
