import type { DescEnum } from "@bufbuild/protobuf";
import { invalidArgument } from "../service/rpc-error.ts";

/**
 * The query parameters of a request, by name in camelCase. Names in snake_case and the parameters of every Google API (`alt`,
 * `fields`, `key`, `$.xgafv` and so on) are accepted too.
 */
export class Query {
  readonly #parameters = new Map<string, string[]>();

  constructor(search: string) {
    if (search === "") return;
    for (const [name, value] of new URLSearchParams(search)) {
      const key = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      const values = this.#parameters.get(key);
      if (values) values.push(value);
      else this.#parameters.set(key, [value]);
    }
  }

  has(name: string): boolean {
    return this.#parameters.has(name);
  }

  /** @returns the last value of the parameter; empty if it is not set */
  text(name: string): string {
    return this.#parameters.get(name)?.at(-1) ?? "";
  }

  /** @returns the items of a list, separated by commas or given as repeated parameters */
  list(name: string): string[] {
    return (this.#parameters.get(name) ?? []).flatMap((value) => value.split(",")).filter(Boolean);
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

  /**
   * @param type - the enum
   * @returns the number of the value, which the parameter contains by name or by number; 0 if it is not set
   * @throws RpcError if the enum has no such value
   */
  enumeration(name: string, type: DescEnum): number {
    const text = this.text(name);
    const value = type.values.find((each) => each.name === text || String(each.number) === text);
    if (value) return value.number;
    if (text === "") return 0;
    throw invalidArgument(`Invalid value at '${name}' (TYPE_ENUM), "${text}"`);
  }

  /** Whether the answer contains enums as numbers, which Google's Node client always requests. */
  get wantsEnumNumbers(): boolean {
    return this.text("$alt").includes("enum-encoding=int");
  }

  /** Whether the answer is indented. */
  get wantsIndent(): boolean {
    return this.text("prettyPrint") === "true";
  }
}
