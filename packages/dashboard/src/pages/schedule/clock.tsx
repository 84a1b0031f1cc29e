import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ActionButton } from "../../components/action-button.tsx";
import { isClockTurned } from "../../components/clock-link.tsx";
import { formatDuration, formatTime } from "../../format/format.ts";
import { source } from "../../source/http-source.ts";
import { clockSkewMs } from "../../state/live.ts";
import { now } from "../../state/now.ts";

/** The time of the server, with buttons that advance its clock. */
export function Clock(): JSX.Element {
  const [by, setBy] = useState("1h");
  const skew = clockSkewMs.value;
  const isTurned = isClockTurned();
  return (
    <section class="card stack tight" aria-label="Clock of the emulator">
      <div class="row spread">
        <p>
          The emulator's clock shows <strong>{formatTime(now.value, Date.now())}</strong>
          {isTurned
            ? `, ${formatDuration(Math.abs(skew))} ${skew > 0 ? "ahead of" : "behind"} this computer.`
            : ", like this computer."}
        </p>
        <div class="row">
          <label class="row">
            Advance by
            <input class="input short" value={by} onInput={(event) => setBy(event.currentTarget.value)} />
          </label>
          {/* Another key, so that an error disappears with the text that caused it. */}
          <ActionButton key={by} action={() => source.advance({ by })}>
            Advance
          </ActionButton>
          {isTurned && <ActionButton action={() => source.turnBack()}>Back to the real time</ActionButton>}
        </div>
      </div>
      <p class="muted">
        A duration such as 30s, 15m, 2h or 7d. All tasks that become due are delivered, in the order of their times.
      </p>
    </section>
  );
}
