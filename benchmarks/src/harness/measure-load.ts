/** The rate and the cost of many equal operations. */
export interface Load {
  readonly perSecond: number;
  /** CPU time of this process per operation, in microseconds. */
  readonly cpuUs: number;
}

/** Measures a function that makes `count` operations in this process. */
export async function measureLoad(count: number, operations: () => Promise<unknown>): Promise<Load> {
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  await operations();
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (count * 1000) / (performance.now() - startedAt), cpuUs: (user + system) / count };
}
