/** The resources of a process after a garbage collection. */
export interface Sample {
  readonly heapMb: number;
  /** Sockets, timers and other open resources of Node. */
  readonly handles: number;
}

export function sample(): Sample {
  for (let run = 0; run < 3; run += 1) globalThis.gc?.();
  return { heapMb: process.memoryUsage().heapUsed / 1e6, handles: process.getActiveResourcesInfo().length };
}
