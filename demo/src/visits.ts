const visits = new Map<string, number>();

/** Counts a visit of one visitor. */
export function countVisit(visitor: string): void {
  visits.set(visitor, (visits.get(visitor) ?? 0) + 1);
}

/** How often each visitor came. */
export function visitCounts(): readonly number[] {
  return [...visits.values()];
}
