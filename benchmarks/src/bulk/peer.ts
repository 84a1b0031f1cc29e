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

/** Runs a create this many times, `CONCURRENCY` at the same time. */
export async function repeat(count: number, create: () => Promise<unknown>): Promise<void> {
  let started = 0;
  async function inTurn(): Promise<void> {
    while (started < count) {
      started += 1;
      await create();
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, inTurn));
}
