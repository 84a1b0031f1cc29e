/** Returns the fields that are not `undefined`, so the others are absent from the object like from its JSON. */
export function definedFields<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const defined: { [K in keyof T]?: T[K] } = {};
  for (const name in fields) if (fields[name] !== undefined) defined[name] = fields[name];
  return defined as { [K in keyof T]?: Exclude<T[K], undefined> };
}
