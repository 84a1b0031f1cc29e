import type { JSX } from "preact";
import { liveState, pauseLive, resumeLive } from "../state/live.ts";

/** Pauses the updates of the page. The text differs from the buttons that pause a queue. */
export function PauseButton(): JSX.Element {
  const isPaused = liveState.value === "paused";
  return (
    <button type="button" class="button" onClick={isPaused ? resumeLive : pauseLive}>
      <span>
        {isPaused ? "Resume" : "Pause"}
        <span class="long"> updates</span>
      </span>
    </button>
  );
}
