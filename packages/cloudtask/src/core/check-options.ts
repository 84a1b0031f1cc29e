/**
 * Checks that options are an object.
 *
 * @param subject - the owner of the options, for the message
 */
export function checkOptions(options: unknown, subject: string): void {
  if (typeof options === "object" && options !== null) return;
  throw new TypeError(`${subject}: options must be an object, received ${options === null ? "null" : typeof options}`);
}

/**
 * Rejects an option that does not exist, and suggests the option that was probably meant.
 *
 * @param known - the names of all options
 * @param subject - the owner of the options, for the message
 * @param aliases - names of options in similar tools, with our name for each
 */
export function rejectUnknownOptions(
  options: object,
  known: readonly string[],
  subject: string,
  aliases: Readonly<Record<string, string>> = {},
): void {
  checkOptions(options, subject);
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const suggestion = Object.hasOwn(aliases, key) ? aliases[key] : nearestName(key, known);
    const hint = suggestion ? `did you mean "${suggestion}"?` : `the options are ${known.join(", ")}`;
    throw new TypeError(`${subject}: unknown option "${key}"; ${hint}`);
  }
}

/** Checks that an option is a function or `undefined`. */
export function checkFunction(value: unknown, option: string): void {
  if (value !== undefined && typeof value !== "function") {
    throw new TypeError(`${option} must be a function, received ${typeof value}`);
  }
}

/** Checks that an option is an object with these methods, or `undefined`. */
export function checkMethods(value: unknown, methods: readonly string[], option: string): void {
  if (value === undefined) return;
  const missing = methods.find((name) => typeof (Object(value) as Record<string, unknown>)[name] !== "function");
  if (missing === undefined) return;
  throw new TypeError(`${option} must be an object with the methods ${methods.join(" and ")}; it has no ${missing}()`);
}

/** Checks that an option is a boolean, and returns it. */
export function checkBoolean(value: unknown, option: string): boolean {
  if (typeof value === "boolean") return value;
  throw new TypeError(`${option} must be true or false, received ${typeof value}`);
}

/** Returns the known name that was probably meant: it has the same letters, or differs in one letter. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  return known.find((each) => lettersOf(each) === lettersOf(name)) ?? known.find((each) => isNear(each, name));
}

function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, "");
}

/** Checks whether two names differ in at most one letter: missing, added or changed. */
function isNear(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return Math.max(a.length, b.length) - start - end <= 1;
}
