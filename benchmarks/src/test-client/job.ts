/** The number of pushes at the same time, and of jobs that the workers of the others run at the same time. */
export const CONCURRENCY = 64;

/** The payload of a task. */
export interface Job {
  readonly orderId: number;
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
}

export function jobOf(orderId: number): Job {
  return { orderId, items: Array.from({ length: 8 }, (_, index) => ({ sku: `sku-${index}`, quantity: index })) };
}

/** The work of the handlers. */
export function work({ items }: Job): number {
  return items.reduce((sum, { quantity }) => sum + quantity, 0);
}
