/** Calls a function `count` times, at most `concurrency` calls at the same time. */
export async function repeat(
  count: number,
  concurrency: number,
  call: (index: number) => Promise<unknown>,
): Promise<void> {
  let started = 0;
  async function inTurn(): Promise<void> {
    while (started < count) {
      started += 1;
      await call(started - 1);
    }
  }
  await Promise.all(Array.from({ length: concurrency }, inTurn));
}
