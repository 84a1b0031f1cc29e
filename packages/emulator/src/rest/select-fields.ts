import type { JsonValue } from "@bufbuild/protobuf";
import { invalidArgument } from "../service/rpc-error.ts";

/** The selected fields of an object, each with its own selection; an empty selection selects everything. */
interface Selection {
  readonly [field: string]: Selection;
}

/**
 * Selects a part of an answer by the parameter `fields` of Google's APIs: `name`, `tasks(name,scheduleTime)`, `tasks/name`.
 * Source: https://cloud.google.com/tasks/docs/reference/rest (the system parameter "fields").
 *
 * @param fields - empty selects everything
 * @throws RpcError if the syntax is invalid
 */
export function selectFields(json: JsonValue, fields: string): JsonValue {
  if (fields === "" || fields === "*") return json;
  const reader = new SelectionReader(fields);
  return select(json, reader.read());
}

function select(json: JsonValue, selection: Selection): JsonValue {
  if (Object.keys(selection).length === 0) return json;
  if (Array.isArray(json)) return json.map((item) => select(item, selection));
  if (typeof json !== "object" || json === null) return json;
  const selected = Object.entries(json).flatMap(([field, value]): [string, JsonValue][] => {
    const inner = Object.hasOwn(selection, field) ? selection[field] : selection["*"];
    return inner ? [[field, select(value, inner)]] : [];
  });
  return Object.fromEntries(selected);
}

class SelectionReader {
  readonly #tokens: string[];
  readonly #fields: string;

  constructor(fields: string) {
    this.#fields = fields;
    this.#tokens = fields.match(/[^,/()\s]+|[,/()]/g) ?? [];
  }

  read(): Selection {
    const selection = this.#list();
    if (this.#tokens.length > 0) throw this.#unreadable();
    return selection;
  }

  #list(): Selection {
    const selection: Record<string, Selection> = {};
    do Object.assign(selection, this.#path());
    while (this.#takes(","));
    return selection;
  }

  #path(): Selection {
    const field = this.#tokens.shift();
    if (field === undefined || /^[,/()]$/.test(field)) throw this.#unreadable();
    if (this.#takes("/")) return { [field]: this.#path() };
    if (!this.#takes("(")) return { [field]: {} };
    const inner = this.#list();
    if (!this.#takes(")")) throw this.#unreadable();
    return { [field]: inner };
  }

  #takes(token: string): boolean {
    if (this.#tokens[0] !== token) return false;
    this.#tokens.shift();
    return true;
  }

  #unreadable(): Error {
    return invalidArgument(`Invalid value at 'fields', "${this.#fields}"`);
  }
}
