import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { formatTime } from "../format/format.ts";
import { liveState, readAt, readProblem, refreshAll } from "../state/live.ts";
import { now } from "../state/now.ts";
import { server } from "../state/server.ts";
import { PauseButton } from "./pause-button.tsx";

/** Shows when a server without events was read, and reads it again. */
export function ReadButton(): JSX.Element {
  const [isReading, setReading] = useState(false);
  const isPaused = liveState.value === "paused";
  const refresh = async (): Promise<void> => {
    if (isReading) return;
    setReading(true);
    await refreshAll();
    setReading(false);
  };
  const seconds = (server().pollMs ?? 0) / 1_000;
  return (
    <span class="row reading">
      <span class={`badge ${toneOf(isPaused)}`} title={`Read again every ${seconds} s while this page is visible`}>
        {readAt.value === undefined ? "Not read yet" : `As of ${formatTime(readAt.value, now.value)}`}
      </span>
      <button type="button" class="button" aria-disabled={isReading} onClick={() => void refresh()}>
        Refresh
      </button>
      <PauseButton />
    </span>
  );
}

function toneOf(isPaused: boolean): string {
  if (readProblem.value !== undefined) return "bad";
  return isPaused ? "warn" : "ok";
}

/** The error of the last read, with what to do. */
export function ReadProblem(): JSX.Element | null {
  const problem = readProblem.value;
  if (problem === undefined) return null;
  return (
    <div class="notice bad row spread" role="alert">
      <span class="wrap problem">
        {readAt.value !== undefined && "The queues below may be outdated. "}
        {problem}
      </span>
      <button type="button" class="button" onClick={() => void refreshAll()}>
        Try again
      </button>
    </div>
  );
}
