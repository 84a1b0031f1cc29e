/** What a scenario promised, beside what was seen. */
export interface Expectation {
  readonly what: string;
  readonly expected: string;
  readonly seen: string;
  readonly held: boolean;
}

/** Expects exactly one value. */
export function expectSame(what: string, expected: string | number, seen: string | number | undefined): Expectation {
  return { what, expected: text(expected), seen: text(seen), held: seen === expected };
}

/** Expects something that no single value says, such as a range. */
export function expectThat(what: string, expected: string, seen: string, held: boolean): Expectation {
  return { what, expected, seen, held };
}

function text(value: string | number | undefined): string {
  return typeof value === "number" ? value.toLocaleString("en-US") : (value ?? "nothing");
}
