const SLICES = 4;

/**
 * Calls a function after a time, as `setTimeout` does, but tolerates a blocked event loop. If a process is too busy to read its
 * sockets, a single timer would blame the other side for that time. The countdown therefore consists of four timers, one after
 * the other, so a blocked event loop counts as one of them at most.
 *
 * @param ms - the time, in milliseconds
 * @param end - called once, unless the countdown is stopped
 * @param progress - a counter. If it changed, the countdown starts again.
 * @returns a function that stops the countdown
 */
export function startCountdown(ms: number, end: () => void, progress: () => number = () => 0): () => void {
  let [slices, before] = [0, progress()];
  let timer = setTimeout(tick, ms / SLICES);
  function tick(): void {
    const now = progress();
    slices = now === before ? slices + 1 : 0;
    before = now;
    if (slices === SLICES) end();
    else timer = setTimeout(tick, ms / SLICES);
  }
  return () => clearTimeout(timer);
}
