import type { DescEnum } from "@bufbuild/protobuf";
import { invalidArgument } from "../service/rpc-error.ts";

/**
 * The parameters of a request, by their names in camelCase; snake_case is accepted. Those of every Google API (`alt`,
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

  /** Whether the parameter is set. */
  has(name: string): boolean {
    return this.#parameters.has(name);
  }

  /** @returns the parameter, empty where it is not set; the last one where it is repeated */
  text(name: string): string {
    return this.#parameters.get(name)?.at(-1) ?? "";
  }

  /** @returns every item of a parameter that is a list: separated by commas, repeated, or both */
  list(name: string): string[] {
    return (this.#parameters.get(name) ?? []).flatMap((value) => value.split(",")).filter(Boolean);
  }

  /**
   * @returns the parameter, 0 where it is not set
   * @throws RpcError where it is no integer of 32 bits
   */
  integer(name: string): number {
    const text = this.text(name);
    const value = Number(text);
    if (/^-?\d*$/.test(text) && Math.abs(value) < 2 ** 31) return value;
    throw invalidArgument(`Invalid value at '${name}' (TYPE_INT32), "${text}"`);
  }

  /**
   * @param type - the enum
   * @returns the number that the parameter names or is, 0 where it is not set
   * @throws RpcError where it is neither
   */
  enumeration(name: string, type: DescEnum): number {
    const text = this.text(name);
    const value = type.values.find((each) => each.name === text || String(each.number) === text);
    if (value) return value.number;
    if (text === "") return 0;
    throw invalidArgument(`Invalid value at '${name}' (TYPE_ENUM), "${text}"`);
  }

  /** Whether enums are to be written as numbers: Google's Node client always asks for it. */
  get wantsEnumNumbers(): boolean {
    return this.text("$alt").includes("enum-encoding=int");
  }

  /** Whether the answer is to be indented. */
  get wantsIndent(): boolean {
    return this.text("prettyPrint") === "true";
  }
}
