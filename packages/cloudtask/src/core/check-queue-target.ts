import type { QueueRouting, QueueTarget } from "./queue-settings.ts";
import type { SettingPosition } from "./setting-position.ts";
import {
  integerSetting,
  mapEntries,
  mapSetting,
  oneOf,
  type SettingReader,
  settingText,
  textSetting,
} from "./setting-readers.ts";

/** The headers that Cloud Tasks rejects in the target of a queue. */
const RESERVED_HEADER =
  /^(?:host|user-agent|content-length|connection|transfer-encoding|x-forwarded-for|x-google-.*|x-appengine-.*|x-cloudtasks-.*)$/i;

const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

const headers: SettingReader<Readonly<Record<string, string>>> = (value, position) => {
  const entries = mapEntries(value, position).map(([name, text]): [string, string] => {
    if (RESERVED_HEADER.test(name)) throw position.child(name).error("Cloud Tasks sets this header; remove it");
    if (!HEADER_NAME.test(name)) throw position.child(name).error("this is not the name of an HTTP header");
    if (typeof text === "string" && HEADER_VALUE.test(text)) return [name, text];
    throw position.child(name).error(`expected the text of an HTTP header, received ${settingText(text)}`);
  });
  return Object.fromEntries(entries);
};

const fields = mapSetting<Required<{ [K in keyof QueueTarget]: NonNullable<QueueTarget[K]> }>>(
  {
    scheme: oneOf("http", "https"),
    host: textSetting("a host name without scheme, port and path", /^(?:[^:/?#@\s[\]]+|\[[0-9a-fA-F:.]+\])$/),
    port: integerSetting(1, 65_535),
    path: textSetting("a path that begins with a slash", /^\/[^\s?#]*$/),
    query: textSetting('a query without "?"', /^[^?#\s][^#\s]*$/),
    method: oneOf("POST", "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"),
    headers,
    serviceAccount: textSetting("the e-mail address of a service account", /^[^@\s]+@[^@\s]+$/),
    audience: textSetting("the audience of the token", /\S/),
    oauthScope: textSetting("an OAuth scope", /\S/),
  },
  {
    url: "host",
    pathOverride: "path",
    httpMethod: "method",
    serviceAccountEmail: "serviceAccount",
    scope: "oauthScope",
  },
);

/** Reads the HTTP target of a queue, with the rules of Cloud Tasks. */
export const queueTarget: SettingReader<QueueTarget> = (value, position) => {
  const target = fields(value, position);
  checkToken(target, position);
  return target;
};

/** Reads the App Engine routing of a queue. The parts are labels of a host name. */
export const queueRouting: SettingReader<QueueRouting> = mapSetting<
  Required<{ [K in keyof QueueRouting]: NonNullable<QueueRouting[K]> }>
>({ service: label(), version: label(), instance: label() });

function label(): SettingReader<string> {
  return textSetting('an id such as "api"', /^[A-Za-z0-9][A-Za-z0-9-]*$/);
}

function checkToken({ serviceAccount, audience, oauthScope }: QueueTarget, position: SettingPosition): void {
  if (audience !== undefined && oauthScope !== undefined) {
    throw position
      .child("oauthScope")
      .error("audience and oauthScope cannot be combined: an OAuth token has no audience");
  }
  const [option] = [audience !== undefined && "audience", oauthScope !== undefined && "oauthScope"].filter(Boolean);
  if (serviceAccount !== undefined || !option) return;
  throw position.child(option).error(`set serviceAccount as well: without one, no token is attached`);
}
