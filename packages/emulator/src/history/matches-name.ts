/** Whether a resource is meant by what a user wrote: its full name, or its id. */
export function matchesName(given: string, fullName: string): boolean {
  return given === fullName || fullName.endsWith(`/${given}`);
}
