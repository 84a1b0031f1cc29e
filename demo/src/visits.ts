const visits = new Map<string, number>();

/** Counts a visit. */
export function countVisit(visitor: string): void {
  visits.set(visitor, (visits.get(visitor) ?? 0) + 1);
}

/** The number of visits of each visitor. */
export function visitCounts(): readonly number[] {
  return [...visits.values()];
}
