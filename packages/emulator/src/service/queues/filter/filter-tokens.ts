import { invalidArgument, type RpcError } from "../../rpc-error.ts";

/** An operator, a word or a quoted text of a filter. */
export interface Token {
  readonly kind: "operator" | "word" | "text";
  readonly value: string;
}

/**
 * Splits a filter into its tokens.
 *
 * @throws RpcError for a character that no token begins with
 */
export function* filterTokens(filter: string): Generator<Token> {
  const token = /\s*(?:"((?:[^"\\]|\\.)*)"|(<=|>=|!=|[=<>:()]|-(?=[A-Za-z(]))|([^\s"=<>:()!]+))\s*/y;
  while (token.lastIndex < filter.length) {
    const [, text, operator, word] = token.exec(filter) ?? [];
    if (text !== undefined) yield { kind: "text", value: text.replace(/\\(.)/g, "$1") };
    else if (operator !== undefined) yield { kind: "operator", value: operator };
    else if (word !== undefined) yield { kind: "word", value: word };
    else throw unreadableFilter(filter);
  }
}

/** Creates the error of a filter with a syntax error. */
export function unreadableFilter(filter: string): RpcError {
  return invalidArgument(`The filter cannot be read: ${filter}`);
}
