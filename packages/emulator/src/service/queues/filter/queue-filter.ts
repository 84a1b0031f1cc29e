import type { DescMessage, Message } from "@bufbuild/protobuf";
import { invalidArgument } from "../../rpc-error.ts";
import { comparison } from "./comparison.ts";
import { filterTokens, type Token, unreadableFilter } from "./filter-tokens.ts";

/** Tests a queue. */
export type Predicate = (queue: Message) => boolean;

/** Google documents no limits. These keep one request from blocking all others. */
const LONGEST_FILTER = 8192;
const DEEPEST = 50;

/**
 * Parses the filter of ListQueues, such as `state: PAUSED` or `rate_limits.max_dispatches_per_second >= 10 AND NOT state = RUNNING`.
 *
 * @param schema - the type of the queues
 * @param filter - the caller's filter, empty for all queues
 * @returns the test of a queue; undefined if every queue passes
 * @throws RpcError if the filter has a syntax error, names an unknown field, or is too long or nested too deeply
 */
export function queueFilter(schema: DescMessage, filter: string): Predicate | undefined {
  if (filter.length > LONGEST_FILTER) {
    throw invalidArgument(
      `The filter must be at most ${LONGEST_FILTER} characters long; received ${filter.length}. Shorten it.`,
    );
  }
  return filter.trim() === "" ? undefined : new FilterParser(schema, filter).parse();
}

/** A recursive-descent parser. OR binds more tightly than AND, which may be left out: https://google.aip.dev/160 */
class FilterParser {
  readonly #schema: DescMessage;
  readonly #filter: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(schema: DescMessage, filter: string) {
    this.#schema = schema;
    this.#filter = filter;
    this.#tokens = [...filterTokens(filter)];
  }

  parse(): Predicate {
    const predicate = this.#and();
    if (this.#at < this.#tokens.length) throw unreadableFilter(this.#filter);
    return predicate;
  }

  #and(): Predicate {
    const all = [this.#or()];
    while (this.#takes("AND") || this.#hasNextTerm()) all.push(this.#or());
    return (queue) => all.every((passes) => passes(queue));
  }

  #or(): Predicate {
    const any = [this.#not()];
    while (this.#takes("OR")) any.push(this.#not());
    return (queue) => any.some((passes) => passes(queue));
  }

  #not(): Predicate {
    if (!(this.#takes("NOT") || this.#takes("-"))) return this.#term();
    const passes = this.#nested(() => this.#not());
    return (queue) => !passes(queue);
  }

  #term(): Predicate {
    if (!this.#takes("(")) return this.#comparison();
    const passes = this.#nested(() => this.#and());
    if (!this.#takes(")")) throw unreadableFilter(this.#filter);
    return passes;
  }

  #comparison(): Predicate {
    const [field, operator, value] = this.#tokens.slice(this.#at, this.#at + 3);
    this.#at += 3;
    if (field?.kind !== "word" || operator?.kind !== "operator" || !value || value.kind === "operator") {
      throw unreadableFilter(this.#filter);
    }
    const compare = comparison(this.#schema, { field: field.value, operator: operator.value, value });
    if (!compare) throw unreadableFilter(this.#filter);
    return compare;
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
}
