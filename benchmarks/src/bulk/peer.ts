import { repeat } from "../harness/repeat.ts";
import type { OpenPeer } from "../push/peer.ts";

/** One way to create many tasks. */
interface BulkPeer {
  /** Creates tasks, and returns when all are confirmed. */
  create(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens a peer for the API at a port of this machine. */
export type OpenBulkPeer = (port: number) => BulkPeer;

/** The number of calls at the same time, the same for each peer. */
export const CONCURRENCY = 32;

/** Adapts a peer of the benchmark `push`. */
export function loopOver(open: OpenPeer): OpenBulkPeer {
  return (port) => {
    const { push, close } = open(port);
    return { create: (count) => repeat(count, CONCURRENCY, push), close };
  };
}
