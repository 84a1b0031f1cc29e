import { invalidArgument } from "../rpc-error.ts";

/** Whether a queue passes, as JSON. */
type Predicate = (queue: unknown) => boolean;

/** Google says no limits; these keep one request from holding up all others. */
const LONGEST_FILTER = 8192;
const DEEPEST = 50;

/** A word, or an operator, of a filter. */
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
 * The filter of ListQueues, such as `state: PAUSED` or `rateLimits.maxDispatchesPerSecond >= 10 AND NOT state = RUNNING`.
 * Source of the syntax: https://cloud.google.com/logging/docs/view/logging-query-language
 *
 * @param filter - as the caller sent it, empty for all queues
 * @returns whether a queue passes; undefined where every one does
 * @throws RpcError where it cannot be read, or is too long or too deep
 */
export function queueFilter(filter: string): Predicate | undefined {
  if (filter.length > LONGEST_FILTER) {
    throw invalidArgument(
      `The filter must be at most ${LONGEST_FILTER} characters long; received ${filter.length}. Shorten it.`,
    );
  }
  return filter.trim() === "" ? undefined : new FilterParser(filter).parse();
}

/** Recursive descent: `or` over `and` over `not` over comparisons and brackets. */
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
    while (this.#takes("AND") || this.#goesOn()) all.push(this.#not());
    return (queue) => all.every((passes) => passes(queue));
  }

  #not(): Predicate {
    if (!(this.#takes("NOT") || this.#takes("-"))) return this.#term();
    const passes = this.#deeper(() => this.#not());
    return (queue) => !passes(queue);
  }

  #term(): Predicate {
    if (!this.#takes("(")) return this.#comparison();
    const passes = this.#deeper(() => this.#or());
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

  #deeper(read: () => Predicate): Predicate {
    if (this.#depth === DEEPEST)
      throw invalidArgument(`The filter must be at most ${DEEPEST} levels deep. Flatten it.`);
    this.#depth += 1;
    const passes = read();
    this.#depth -= 1;
    return passes;
  }

  /** Terms beside each other are joined by AND. */
  #goesOn(): boolean {
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

/** Numbers and durations by amount, all else as text; NaN, which no operator but `!=` accepts, where it is not set. */
function compare(actual: unknown, wanted: string): number {
  if (actual === undefined) return Number.NaN;
  const duration = /^-?[\d.]+s$/;
  const text = String(actual);
  const isAmount = typeof actual === "number" || (duration.test(text) && duration.test(wanted));
  if (isAmount) return Number.parseFloat(text) - Number.parseFloat(wanted);
  if (text === wanted) return 0;
  return text < wanted ? -1 : 1;
}
