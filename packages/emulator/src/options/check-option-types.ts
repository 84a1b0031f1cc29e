/** A check of an option's type at runtime, for callers in JavaScript. */
type Expectation = readonly [holds: (value: unknown) => boolean, expected: string];

const text: Expectation = [(value) => typeof value === "string", "a string"];
const truth: Expectation = [(value) => typeof value === "boolean", "true or false"];
const texts: Expectation = [
  (value) => isObject(value) && Object.values(value).every((each) => typeof each === "string"),
  "an object whose values are strings",
];

const types: Readonly<Record<string, Expectation>> = {
  host: text,
  project: text,
  location: text,
  dataDir: text,
  issuer: text,
  targetCa: text,
  allowUnverifiedTls: truth,
  autoCreateQueues: truth,
  throttling: truth,
  rewriteHosts: texts,
  appEngine: [(value) => typeof value === "string" || texts[0](value), `a URL, or ${texts[1]}`],
  history: [isObject, "an object such as { attempts: 500 }"],
  allowedHosts: [
    (value) => Array.isArray(value) && value.every((each) => typeof each === "string"),
    'an array of strings such as ["emulator"]',
  ],
  secretNames: [
    (value) => Array.isArray(value) && value.every((each) => typeof each === "string" && each !== ""),
    'an array of names such as ["X-Internal-Call", "iban"]',
  ],
  queues: [
    (value) => isObject(value) || (Array.isArray(value) && value.every((each) => typeof each === "string")),
    'queues with their settings such as { default: null, mail: { rate: 5 } }, or names such as ["default"]',
  ],
  clock: [isClock, "a clock with the methods now(), wakeAt() and turnTo(), such as new ManualClock()"],
};

/**
 * Checks the types of the options. Names, ranges and URLs are checked by `resolveOptions()`.
 *
 * @throws TypeError that names the option
 */
export function checkOptionTypes(options: object): void {
  if (!isObject(options))
    throw new TypeError(`createEmulator: expected an object of options; received ${valueText(options)}`);
  for (const [name, value] of Object.entries(options)) {
    const type = Object.hasOwn(types, name) ? types[name] : undefined;
    if (!type || value === undefined || type[0](value)) continue;
    throw new TypeError(`createEmulator: ${name}: expected ${type[1]}; received ${valueText(value)}`);
  }
}

function isClock(value: unknown): boolean {
  const clock = value as Readonly<Record<string, unknown>>;
  return isObject(value) && ["now", "wakeAt", "turnTo"].every((name) => typeof clock[name] === "function");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function valueText(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : typeof value === "string" ? `"${value}"` : String(value);
}
