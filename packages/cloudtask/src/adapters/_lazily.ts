/** Makes something when it is first asked for; where that fails, the next who asks tries again. */
export function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
