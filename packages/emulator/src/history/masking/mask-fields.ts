import type { HiddenValues } from "./hidden-values.ts";
import { isSecretName } from "./secret-names.ts";

/** A field of a form with parts: its headers, an empty line, and what stands before the next boundary. */
const part =
  /^(content-disposition:([^\r\n]{0,1000})(?:\r?\n[^\r\n]{1,1000}){0,8}\r?\n\r?\n)((?:(?!\r?\n--)[\s\S])*)/gim;

/** An element of XML with a text in it, which may be cut off. */
const element =
  /(<(?:[\w.-]{1,100}:)?([\w.-]{1,100})(?:\s[^<>]{0,1000})?>)(<!\[CDATA\[(?:(?!\]\]>)[\s\S])*|[^<]+(?=<\\*\/)|[^<"]+$)/g;

/** `name="value"`, as attributes are written. */
const attribute = /(?<![\w.-])(([\w.-]{1,100})=\\*")([^"\\]+)/g;

/** `'name': 'value'`, as some languages print objects. */
const property = /('([\w.-]{1,100})'\s{0,9}:\s{0,9}')([^'\\]+)/g;

/** Hides what stands under secret names in a form with parts, in XML, in attributes and in objects in single quotes. */
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
