import type { SentRequest } from "./exchange.ts";

/**
 * Returns the value of the first header with a name.
 *
 * @param lowerName - in lower case
 */
export function headerOf(headers: SentRequest["headers"], lowerName: string): string | undefined {
  // The length is compared first: this runs for each header of each attempt.
  return headers.find(([name]) => name.length === lowerName.length && name.toLowerCase() === lowerName)?.[1];
}
