/** The parts of a request that its head contains. */
export interface RequestHead {
  readonly method: string;
  /** The path with its query, percent-encoded. */
  readonly path: string;
  /** The value of the header `Host`. */
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Returns the head of a request up to its length, as `node:http` writes it.
 *
 * @throws TypeError with the code of `node:http` for a header that would end the line or the head
 */
export function requestHead({ method, path, host, headers }: RequestHead): string {
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n`;
  for (const name in headers) {
    const value = headers[name] ?? "";
    if (!TOKEN.test(name)) {
      throw coded("ERR_INVALID_HTTP_TOKEN", `Header name must be a valid HTTP token ["${name}"]`);
    }
    if (!VALUE.test(value)) throw coded("ERR_INVALID_CHAR", `Invalid character in header content ["${name}"]`);
    head += `${name}: ${value}\r\n`;
  }
  return head;
}

function coded(code: string, message: string): TypeError {
  return Object.assign(new TypeError(message), { code });
}
