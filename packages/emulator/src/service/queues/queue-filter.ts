import { invalidArgument } from "../rpc-error.ts";

/** Tests a queue in its JSON form. */
type Predicate = (queue: unknown) => boolean;

/** Google documents no limits. These keep one request from blocking all others. */
const LONGEST_FILTER = 8192;
const DEEPEST = 50;

/** An operator, a word or a quoted text of a filter. */
interface Token {
  readonly kind: "operator" | "word" | "text";
  readonly value: string;
}

const operators: Readonly<Record<string, (comparison: number) => boolean>> = {
  "=": (comparison) => comparison === 0,
  "!=": (comparison) => comparison !== 0,
  "<": (comparison) => comparison < 0,
  "<=": (comparison) => comparison <= 0,
  ">": (comparison) => comparison > 0,
  ">=": (comparison) => comparison >= 0,
};

/**
 * Parses the filter of ListQueues, such as `state: PAUSED` or `rateLimits.maxDispatchesPerSecond >= 10 AND NOT state = RUNNING`.
 * Source of the syntax: https://cloud.google.com/logging/docs/view/logging-query-language
 *
 * @param filter - the caller's filter, empty for all queues
 * @returns the test of a queue; undefined if every queue passes
 * @throws RpcError if the filter has a syntax error, is too long or is nested too deeply
 */
export function queueFilter(filter: string): Predicate | undefined {
  if (filter.length > LONGEST_FILTER) {
    throw invalidArgument(
      `The filter must be at most ${LONGEST_FILTER} characters long; received ${filter.length}. Shorten it.`,
    );
  }
  return filter.trim() === "" ? undefined : new FilterParser(filter).parse();
}

/** A recursive-descent parser: OR, AND, NOT, then comparisons and parentheses. */
class FilterParser {
  readonly #filter: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(filter: string) {
    this.#filter = filter;
    this.#tokens = [...this.#read()];
  }

  parse(): Predicate {
    const predicate = this.#or();
    if (this.#at < this.#tokens.length) throw this.#unreadable();
    return predicate;
  }

  #or(): Predicate {
    const any = [this.#and()];
    while (this.#takes("OR")) any.push(this.#and());
    return (queue) => any.some((passes) => passes(queue));
  }

  #and(): Predicate {
    const all = [this.#not()];
    while (this.#takes("AND") || this.#hasNextTerm()) all.push(this.#not());
    return (queue) => all.every((passes) => passes(queue));
  }

  #not(): Predicate {
    if (!(this.#takes("NOT") || this.#takes("-"))) return this.#term();
    const passes = this.#nested(() => this.#not());
    return (queue) => !passes(queue);
  }

  #term(): Predicate {
    if (!this.#takes("(")) return this.#comparison();
    const passes = this.#nested(() => this.#or());
    if (!this.#takes(")")) throw this.#unreadable();
    return passes;
  }

  #comparison(): Predicate {
    const [field, operator, value] = this.#tokens.slice(this.#at, this.#at + 3);
    this.#at += 3;
    if (field?.kind !== "word" || operator?.kind !== "operator" || !value || value.kind === "operator") {
      throw this.#unreadable();
    }
    const path = field.value.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()).split(".");
    if (operator.value === ":") return (queue) => has(valueAt(queue, path), value);
    const holds = operators[operator.value];
    if (!holds) throw this.#unreadable();
    return (queue) => holds(compare(valueAt(queue, path), value.value));
  }

  #nested(read: () => Predicate): Predicate {
    if (this.#depth === DEEPEST)
      throw invalidArgument(`The filter must be at most ${DEEPEST} levels deep. Flatten it.`);
    this.#depth += 1;
    const passes = read();
    this.#depth -= 1;
    return passes;
  }

  /** Adjacent terms are joined by AND. */
  #hasNextTerm(): boolean {
    const next = this.#tokens[this.#at];
    return next !== undefined && next.value !== "OR" && next.value !== ")";
  }

  #takes(value: string): boolean {
    const next = this.#tokens[this.#at];
    if (next?.kind === "text" || next?.value !== value) return false;
    this.#at += 1;
    return true;
  }

  *#read(): Generator<Token> {
    const token = /\s*(?:"((?:[^"\\]|\\.)*)"|(<=|>=|!=|[=<>:()]|-(?=[A-Za-z(]))|([^\s"=<>:()!]+))\s*/y;
    while (token.lastIndex < this.#filter.length) {
      const [, text, operator, word] = token.exec(this.#filter) ?? [];
      if (text !== undefined) yield { kind: "text", value: text.replace(/\\(.)/g, "$1") };
      else if (operator !== undefined) yield { kind: "operator", value: operator };
      else if (word !== undefined) yield { kind: "word", value: word };
      else throw this.#unreadable();
    }
  }

  #unreadable(): Error {
    return invalidArgument(`The filter cannot be read: ${this.#filter}`);
  }
}

function valueAt(queue: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => {
    const isObject = typeof value === "object" && value !== null && Object.hasOwn(value, key);
    return isObject ? (value as Record<string, unknown>)[key] : undefined;
  }, queue);
}

function has(actual: unknown, { kind, value }: Token): boolean {
  if (kind === "word" && value === "*") return actual !== undefined;
  if (typeof actual === "string") return actual.toLowerCase().includes(value.toLowerCase());
  return compare(actual, value) === 0;
}

/** Compares numbers and durations by value, everything else as text. Returns NaN for an unset field, which only `!=` accepts. */
function compare(actual: unknown, expected: string): number {
  if (actual === undefined) return Number.NaN;
  const duration = /^-?[\d.]+s$/;
  const text = String(actual);
  const isAmount = typeof actual === "number" || (duration.test(text) && duration.test(expected));
  if (isAmount) return Number.parseFloat(text) - Number.parseFloat(expected);
  if (text === expected) return 0;
  return text < expected ? -1 : 1;
}
