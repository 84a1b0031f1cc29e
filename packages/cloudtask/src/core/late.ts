/** A function that returns code which is imported late. */
export interface Late<Code> {
  /** Returns the code, or a promise until it is loaded. A failed import is repeated by the next call. */
  (): Code | Promise<Code>;
  /** Sets the code, so that the next call does not have to import it. */
  set(code: Code): void;
}

/**
 * Imports code at its first use. From then on, the code is available without waiting.
 *
 * @param load - contains the `import()`, so bundlers and file tracers find it
 */
export function late<Code>(load: () => Promise<Code>): Late<Code> {
  let loaded: Code | undefined;
  const set = (code: Code): void => {
    loaded = code;
  };
  const get = async (): Promise<Code> => {
    const code = await load();
    set(code);
    return code;
  };
  // Each call has a promise of its own: on some edge runtimes, a request cannot wait for a promise of another one.
  return Object.assign(() => loaded ?? get(), { set });
}
