/** Checks whether `name`, a full name or an id, refers to a resource. */
export function matchesName(name: string, fullName: string): boolean {
  return name === fullName || fullName.endsWith(`/${name}`);
}
