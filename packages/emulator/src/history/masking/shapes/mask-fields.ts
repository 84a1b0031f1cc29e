import type { HiddenValues } from "../hidden-values.ts";
import { decode } from "./decode-name.ts";

/** A field of a multipart form: its headers, an empty line, and the text before the next boundary. */
const part =
  /^(content-disposition:([^\r\n]{0,1000})(?:\r?\n[^\r\n]{1,1000}){0,8}\r?\n\r?\n)((?:(?!\r?\n--)[\s\S])*)/gim;

/** An XML element with text content, which may be cut off. */
const element =
  /(<(?:[\w.-]{1,100}:)?([\w.-]{1,100})(?:\s[^<>]{0,1000})?>)(<!\[CDATA\[(?:(?!\]\]>)[\s\S])*|[^<]+(?=<\\*\/)|[^<"]+$)/g;

/** An attribute: `name="value"`. */
const attribute = /(?<![\w.-])(([\w.-]{1,100})=\\*")([^"\\]+)/g;

/** A property as some languages print it: `'name': 'value'`. */
const property = /('([\w.-]{1,100})'\s{0,9}(?::|=>)\s{0,9}[a-z]?')([^'\\]+)/g;

/** The same with other quotes around the value: `'name': "value"`. */
const mixedProperty = /('([\w.-]{1,100})'\s{0,9}(?::|=>)\s{0,9}[a-z]?")([^"\\]+)/g;

/** A pair: `('name', 'value')`. */
const tuple = /([([]\s{0,9}["']([\w.-]{1,100})["']\s{0,9},\s{0,9}[a-z]?["'])([^"'\\]+)/g;

/** A tag with the name of another value: `<property name="password" value="x"/>`, `<entry key="password">x`. */
const namedTag = /<[\w:.-]{1,100}\s[^<>]{0,1000}>(?:<!\[CDATA\[(?:(?!\]\]>)[\s\S])*|[^<]*)/g;

/** A property list: `<key>password</key><string>x`. */
const propertyList = /(<key>([^<>]{1,100})<\/key>\s{0,100}<(?:string|data|integer)>)([^<]+)/g;

/** Masks values with secret names in multipart forms, XML, attributes and objects with single quotes. */
export function maskFields(text: string, hidden: HiddenValues): string {
  const mask = (all: string, start: string, name: string, value: string): string =>
    hidden.names.isSecret(name) ? start + hidden.hide(value) : all;
  return text
    .replace(part, (all, start: string, about: string, value: string) => {
      return mask(all, start, partName(about), value);
    })
    .replace(namedTag, (tag) => maskNamedTag(tag, hidden))
    .replace(propertyList, mask)
    .replace(element, mask)
    .replace(attribute, mask)
    .replace(property, mask)
    .replace(mixedProperty, mask)
    .replace(tuple, mask);
}

/** Returns the name of a form field: `name="x"`, `name=x`, or `name*=UTF-8''x` with percent escapes (RFC 5987). */
function partName(parameters: string): string {
  const [, extended] = /[\s;]name\*\s?=\s?"?[\w-]*'[\w-]*'([^";\s]*)/i.exec(parameters) ?? [];
  if (extended !== undefined) return decode(extended);
  return /[\s;]name\s?=\s?"?([^";]*)/i.exec(parameters)?.[1] ?? "";
}

function maskNamedTag(tag: string, hidden: HiddenValues): string {
  const [, element = ""] = /^<(?:[\w.-]+:)?([\w.-]+)/.exec(tag) ?? [];
  if (hidden.names.isSecret(element)) return maskTag(tag, hidden);
  const [, name] = /\s(?:name|key|id|field)\s?=\s?\\*["']([^"'\\]{1,100})/i.exec(tag) ?? [];
  return name !== undefined && hidden.names.isSecret(name) ? maskTag(tag, hidden) : tag;
}

/** Masks the value of a tag: an attribute, or the text after it. */
function maskTag(tag: string, hidden: HiddenValues): string {
  const end = tag.indexOf(">") + 1;
  const start = tag
    .slice(0, end)
    .replace(/(\s(?:value|content|val)\s?=\s?\\*["'])([^"'\\]+)/gi, (_, before: string, value: string) => {
      return before + hidden.hide(value);
    });
  const text = tag.slice(end);
  const [, open = "", value = ""] = /^(<!\[CDATA\[|\s*)([\s\S]*)$/.exec(text) ?? [];
  return start + open + (value === "" ? "" : hidden.hide(value));
}
