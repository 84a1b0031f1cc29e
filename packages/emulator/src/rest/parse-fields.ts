import { invalidArgument } from "../service/rpc-error.ts";

/** The selected fields of an object, each with its own selection; an empty selection selects everything. */
export interface Selection {
  readonly [field: string]: Selection;
}

const everything: Selection = {};

/**
 * Parses the parameter `fields` of Google's APIs: `name`, `tasks(name,scheduleTime)`, `tasks/name`.
 * Source: https://cloud.google.com/apis/docs/system-parameters
 *
 * @param fields - empty selects everything
 * @throws RpcError if the syntax is invalid
 */
export function parseFields(fields: string): Selection {
  return fields === "" ? everything : new SelectionReader(fields).read();
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
    let selection = this.#path();
    while (this.#takes(",")) selection = union(selection, this.#path());
    return selection;
  }

  #path(): Selection {
    const name = this.#tokens.shift();
    if (name === undefined || /^[,/()]$/.test(name)) throw this.#unreadable();
    const field = camelCase(name);
    if (this.#takes("/")) return { [field]: this.#path() };
    if (!this.#takes("(")) return { [field]: everything };
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

/** A field that one of the selections selects as a whole stays whole. */
function union(a: Selection, b: Selection): Selection {
  const merged: Record<string, Selection> = { ...a };
  for (const [field, inner] of Object.entries(b)) {
    const other = Object.hasOwn(a, field) ? a[field] : undefined;
    const isWhole = Object.keys(inner).length === 0 || (other && Object.keys(other).length === 0);
    merged[field] = isWhole || !other ? (isWhole ? everything : inner) : union(other, inner);
  }
  return merged;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
