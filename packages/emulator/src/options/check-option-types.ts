/** What an option has to be, beside what TypeScript says: a user of JavaScript hears of a mistake here. */
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
  autoCreateQueues: truth,
  throttling: truth,
  rewriteHosts: texts,
  appEngine: [(value) => typeof value === "string" || texts[0](value), `a URL, or ${texts[1]}`],
  history: [isObject, "an object such as { attempts: 500 }"],
  allowedHosts: [
    (value) => Array.isArray(value) && value.every((each) => typeof each === "string"),
    'an array of strings such as ["emulator"]',
  ],
  queues: [
    (value) => Array.isArray(value) && value.every(isQueue),
    'an array of ids and configurations such as ["default", { name: "mail", rate: 5 }]',
  ],
  clock: [isClock, "a clock such as new ManualClock(), with the functions now, wakeAt and turnTo"],
};

/**
 * Checks that options are of the right types; what is in them is for others to check.
 *
 * @throws TypeError that names the option
 */
export function checkOptionTypes(options: object): void {
  if (!isObject(options))
    throw new TypeError(`createEmulator: expected an object of options; received ${shown(options)}`);
  for (const [name, value] of Object.entries(options)) {
    const type = Object.hasOwn(types, name) ? types[name] : undefined;
    if (!type || value === undefined || type[0](value)) continue;
    throw new TypeError(`createEmulator: ${name}: expected ${type[1]}; received ${shown(value)}`);
  }
}

/**
 * The same for what the configuration of a queue says beside its numbers.
 *
 * @param what - begins the message
 * @throws TypeError that names the field
 */
export function checkQueueTypes({ paused, routing }: { paused?: unknown; routing?: unknown }, what: string): void {
  if (paused !== undefined && !truth[0](paused)) {
    throw new TypeError(`${what}: paused: expected ${truth[1]}; received ${shown(paused)}`);
  }
  if (routing !== undefined && !texts[0](routing)) {
    throw new TypeError(`${what}: routing: expected ${texts[1]}; received ${shown(routing)}`);
  }
}

function isQueue(value: unknown): boolean {
  return typeof value === "string" || (isObject(value) && "name" in value && typeof value.name === "string");
}

function isClock(value: unknown): boolean {
  const clock = value as Readonly<Record<string, unknown>>;
  return isObject(value) && ["now", "wakeAt", "turnTo"].every((name) => typeof clock[name] === "function");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : typeof value === "string" ? `"${value}"` : String(value);
}
