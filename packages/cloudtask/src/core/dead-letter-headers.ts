/** The prefix of the headers that make a task a dead letter. */
const PREFIX = "CloudTask-Dead-";

const REASON = `${PREFIX}Reason`;
const MESSAGE = `${PREFIX}Message`;
const ATTEMPTS = `${PREFIX}Attempts`;
const FIRST = `${PREFIX}First`;
const LAST = `${PREFIX}Last`;
const QUEUE = `${PREFIX}Queue`;
const ID = `${PREFIX}Id`;

/** Cloud Tasks drops a header whose name and value together are longer. Recorded on the real service. */
const MAX_HEADER_BYTES = 8188;

/** The facts about a discarded task that its dead letter carries in headers. A missing one is `undefined`. */
export interface DiscardFacts {
  readonly reason: string | undefined;
  /** The message of the error, without secrets. */
  readonly message?: string | undefined;
  /** The number of attempts, including those that never reached a handler. */
  readonly attempts?: number | undefined;
  /** The start of the first attempt, in milliseconds since the epoch. */
  readonly firstMs?: number | undefined;
  /** The start of the last attempt, in milliseconds since the epoch. */
  readonly lastMs?: number | undefined;
  /** The id of the queue that the task was delivered from. */
  readonly homeQueue: string | undefined;
  /** The id of the task in its home queue. */
  readonly originalId?: string | undefined;
}

/** Checks whether a header is one of those that make a task a dead letter. */
export function isDeadLetterHeader(name: string): boolean {
  return name.toLowerCase().startsWith(PREFIX.toLowerCase());
}

/** Removes the headers that make a task a dead letter. */
export function withoutDeadLetterHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isDeadLetterHeader(name)));
}

/**
 * Returns the headers of a dead letter. If they are too large, the message is cut. If that is not enough, only the headers that a
 * redrive needs remain.
 *
 * @param overflow - returns the number of bytes by which a task with these headers is too large
 */
export function deadLetterHeaders(
  facts: DiscardFacts,
  overflow: (headers: Readonly<Record<string, string>>) => number,
): Readonly<Record<string, string>> {
  const message = cutEncoded(encodeText(facts.message ?? ""), MAX_HEADER_BYTES - MESSAGE.length);
  const all = headersOf(facts, message);
  const excess = overflow(all);
  if (excess <= 0) return all;
  const shorter = cutEncoded(message, message.length - excess);
  if (shorter !== "") return headersOf(facts, shorter);
  return headersOf({ reason: facts.reason, homeQueue: facts.homeQueue }, "");
}

/**
 * Reads the headers of a dead letter.
 *
 * @param header - returns the value of a header by its name in any case
 * @returns `undefined` if the task is not a dead letter
 */
export function readDeadLetterHeaders(header: (name: string) => string | null | undefined): DiscardFacts | undefined {
  const reason = header(REASON);
  if (reason === null || reason === undefined) return undefined;
  const text = (name: string): string | undefined => decodeText(header(name) || undefined);
  return {
    reason,
    message: text(MESSAGE),
    attempts: numberFrom(Number.parseInt(header(ATTEMPTS) ?? "", 10)),
    firstMs: numberFrom(Date.parse(header(FIRST) ?? "")),
    lastMs: numberFrom(Date.parse(header(LAST) ?? "")),
    homeQueue: text(QUEUE),
    originalId: text(ID),
  };
}

function headersOf(facts: DiscardFacts, message: string): Readonly<Record<string, string>> {
  const headers = {
    [REASON]: facts.reason,
    [MESSAGE]: message,
    [ATTEMPTS]: facts.attempts?.toString(),
    [FIRST]: timeOf(facts.firstMs),
    [LAST]: timeOf(facts.lastMs),
    [QUEUE]: encodeText(facts.homeQueue ?? ""),
    [ID]: encodeText(facts.originalId ?? ""),
  };
  // Cloud Tasks drops a header with an empty value.
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

function timeOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

function numberFrom(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

/**
 * Percent-encodes the characters that a header cannot contain: everything but printable ASCII, `%` itself, and spaces at the ends,
 * which HTTP removes.
 */
function encodeText(text: string): string {
  return text.toWellFormed().replace(/[^\x20-\x7e]+|%|^ +| +$/g, encodeURIComponent);
}

function decodeText(text: string | undefined): string | undefined {
  try {
    return text && decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Cuts an encoded text, but not within an encoded character. */
function cutEncoded(text: string, maxLength: number): string {
  let cut = text.slice(0, Math.max(0, maxLength));
  while (cut !== "" && !isDecodable(cut)) cut = cut.slice(0, -1);
  return cut.trimEnd();
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
