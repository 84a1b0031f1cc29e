import type { HiddenValues } from "./hidden-values.ts";
import { isSecretName } from "./secret-names.ts";

/** A field of a multipart form: its headers, an empty line, and the text before the next boundary. */
const part =
  /^(content-disposition:([^\r\n]{0,1000})(?:\r?\n[^\r\n]{1,1000}){0,8}\r?\n\r?\n)((?:(?!\r?\n--)[\s\S])*)/gim;

/** An XML element with text content, which may be cut off. */
const element =
  /(<(?:[\w.-]{1,100}:)?([\w.-]{1,100})(?:\s[^<>]{0,1000})?>)(<!\[CDATA\[(?:(?!\]\]>)[\s\S])*|[^<]+(?=<\\*\/)|[^<"]+$)/g;

/** An attribute: `name="value"`. */
const attribute = /(?<![\w.-])(([\w.-]{1,100})=\\*")([^"\\]+)/g;

/** A property as some languages print it: `'name': 'value'`. */
const property = /('([\w.-]{1,100})'\s{0,9}:\s{0,9}')([^'\\]+)/g;

/** Masks values with secret names in multipart forms, XML, attributes and objects with single quotes. */
export function maskFields(text: string, hidden: HiddenValues): string {
  const mask = (all: string, start: string, name: string, value: string): string =>
    isSecretName(name) ? start + hidden.hide(value) : all;
  return text
    .replace(part, (all, start: string, about: string, value: string) => {
      const name = /[\s;]name="?([^";]*)/i.exec(about)?.[1] ?? "";
      return mask(all, start, name, value);
    })
    .replace(element, mask)
    .replace(attribute, mask)
    .replace(property, mask);
}
