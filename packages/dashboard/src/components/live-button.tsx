import type { JSX } from "preact";
import { type LiveState, liveState } from "../state/live.ts";
import { PauseButton } from "./pause-button.tsx";

const TEXT: Readonly<Record<LiveState, string>> = {
  connecting: "Connecting …",
  live: "Live",
  paused: "Paused",
  lost: "Connection lost, trying again …",
};

const TONE: Readonly<Record<LiveState, string>> = { connecting: "quiet", live: "ok", paused: "warn", lost: "bad" };

/** Shows whether the page is live, and pauses it. */
export function LiveButton(): JSX.Element {
  const { value } = liveState;
  return (
    <span class="row">
      <span class={`badge ${TONE[value]}`} role="status">
        {TEXT[value]}
      </span>
      <PauseButton />
    </span>
  );
}
