import { invalidArgument } from "../service/rpc-error.ts";

/** The query parameters of a request, by name in camelCase. Names in snake_case are accepted too. */
export class Query {
  readonly #parameters = new Map<string, string[]>();
  readonly #sent = new Map<string, string[]>();

  constructor(search: string) {
    if (search === "") return;
    for (const [name, value] of new URLSearchParams(search)) {
      append(this.#sent, name, value);
      const key = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      append(this.#parameters, key, value);
    }
  }

  /** The parameters as they were sent, each with all its values. */
  entries(): Iterable<readonly [name: string, values: readonly string[]]> {
    return this.#sent;
  }

  /** @returns the last value of the parameter; empty if it is not set */
  text(name: string): string {
    return this.#parameters.get(name)?.at(-1) ?? "";
  }

  /**
   * @returns the value; 0 if it is not set
   * @throws RpcError if the value is not a 32-bit integer
   */
  integer(name: string): number {
    const text = this.text(name);
    const value = Number(text);
    if (/^-?\d*$/.test(text) && Math.abs(value) < 2 ** 31) return value;
    throw invalidArgument(`Invalid value at '${name}' (TYPE_INT32), "${text}"`);
  }

  /** The fields of the answer that the caller selects; empty for all. */
  get fields(): string {
    return this.text("fields") || this.text("$fields");
  }

  /** Whether the answer contains enums as numbers, which Google's Node client always requests. */
  get wantsEnumNumbers(): boolean {
    return this.text("$alt").includes("enum-encoding=int");
  }

  /** Whether the answer is indented; undefined if the caller did not choose. */
  get indent(): boolean | undefined {
    const text = this.text("prettyPrint") || this.text("$prettyPrint");
    return text === "" ? undefined : text === "true" || text === "1";
  }
}

const noQuery = new Query("");

/** Returns the parameters of a query. Most calls have none. */
export function queryOf(search: string): Query {
  return search === "" ? noQuery : new Query(search);
}

function append(map: Map<string, string[]>, key: string, value: string): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
