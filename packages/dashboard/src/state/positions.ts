/** The maximum number of pages whose position is kept. */
const MAX_POSITIONS = 100;

const positions = new Map<string, string>();

/** Keeps the id of the last event that a page has received, when the page is left. It is empty if the page has received none. */
export function keepPosition(page: string, lastEventId: string): void {
  positions.delete(page);
  positions.set(page, lastEventId);
  const [oldest] = positions.keys();
  if (positions.size > MAX_POSITIONS && oldest !== undefined) positions.delete(oldest);
}

/** Returns the id that was kept; `undefined` for a page that is opened for the first time. */
export function positionOf(page: string): string | undefined {
  return positions.get(page);
}
