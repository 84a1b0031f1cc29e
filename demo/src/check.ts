/** One expected value of a scenario, and the actual value. */
export interface Check {
  readonly name: string;
  readonly expected: string;
  readonly actual: string;
  readonly passed: boolean;
}

/** Creates a check that passes if both values are the same. */
export function checkEqual(name: string, expected: string | number, actual: string | number | undefined): Check {
  return { name, expected: format(expected), actual: format(actual), passed: actual === expected };
}

/** Creates the check of a condition other than equality, such as a range. */
export function check(name: string, expected: string, actual: string, passed: boolean): Check {
  return { name, expected, actual, passed };
}

function format(value: string | number | undefined): string {
  return typeof value === "number" ? value.toLocaleString("en-US") : (value ?? "nothing");
}
