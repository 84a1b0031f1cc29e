/**
 * @param given - what was given as options
 * @param what - whose they are, for the message
 * @throws TypeError where it is no object
 */
export function checkOptions(given: unknown, what: string): void {
  if (typeof given === "object" && given !== null) return;
  throw new TypeError(`${what}: options must be an object, received ${given === null ? "null" : typeof given}`);
}

/**
 * @param given - an object of options
 * @param known - every option there is
 * @param what - whose they are, for the message
 * @param renamed - options that other tools call otherwise, by that other name
 * @throws TypeError where it is no object, or for an option that does not exist, with the one that was probably meant
 */
export function rejectUnknownOptions(
  given: object,
  known: readonly string[],
  what: string,
  renamed: Readonly<Record<string, string>> = {},
): void {
  checkOptions(given, what);
  for (const key of Object.keys(given)) {
    if (known.includes(key)) continue;
    const meant =
      renamed[key] ?? known.find((name) => plain(name) === plain(key)) ?? known.find((name) => near(name, key));
    throw new TypeError(
      `${what}: unknown option "${key}"; ${meant ? `did you mean "${meant}"?` : `there are ${known.join(", ")}`}`,
    );
  }
}

/**
 * @param value - what was given where a function is expected
 * @param what - which option it is, for the message
 * @throws TypeError where it is none
 */
export function checkFunction(value: unknown, what: string): void {
  if (value !== undefined && typeof value !== "function") {
    throw new TypeError(`${what} must be a function, received ${typeof value}`);
  }
}

/**
 * @param value - what was given where an object with methods is expected
 * @param methods - their names
 * @param what - which option it is, for the message
 * @throws TypeError where one is missing
 */
export function checkMethods(value: unknown, methods: readonly string[], what: string): void {
  if (value === undefined) return;
  const missing = methods.find((name) => typeof (Object(value) as Record<string, unknown>)[name] !== "function");
  if (missing === undefined) return;
  throw new TypeError(`${what} must be an object with the methods ${methods.join(" and ")}; it has no ${missing}()`);
}

/**
 * @param value - what was given where a boolean is expected
 * @param what - which option it is, for the message
 * @returns the same
 * @throws TypeError where it is none
 */
export function checkBoolean(value: unknown, what: string): boolean {
  if (typeof value === "boolean") return value;
  throw new TypeError(`${what} must be true or false, received ${typeof value}`);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, "");
}

/** Whether one is the other with a letter missing, added or changed. */
function near(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return Math.max(a.length, b.length) - start - end <= 1;
}
