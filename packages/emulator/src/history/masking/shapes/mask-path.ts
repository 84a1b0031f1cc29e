import type { HiddenValues } from "../hidden-values.ts";
import { decodeName } from "./decode-name.ts";

/** The end of a path segment after which a secret follows: `/reset-password/x`, `/token/x`, `/api-keys/x`. */
const beforeSecret =
  /(?:secret|token|passw(?:or)?d|passcode|(?:api|access|private|auth)[-_]?key|signature|credential)s?$/i;

/** The end of a path segment after which a secret can follow, if it does not look like a word. */
const beforeToken = /(?:^|[-_])(?:auth|oauth|session|sessionid|sid|key|magic-link|password-?reset)s?$/i;

/** A value that is not a word: at least 8 characters with a letter and a digit. */
const unlikeAWord = /^(?=.{0,1000}$)(?=[^\d]*\d)(?=[^a-z]*[a-z]).{8,}$/i;

/** Words that follow such a segment in the paths of an API. */
const plainSegment =
  /^(?:v\d+|list|all|me|new|create|add|get|find|update|edit|delete|remove|rotate|refresh|renew|revoke|expire|verify|validate|check|confirm|reset|forgot|change|introspect|info|status|health|login|logout|signin|signup|callback|exchange|issue|send|run|jobs?|tasks?|index|search|sync|cleanup|purge|audit|handlers?|users?)(?:\.\w{1,5})?$/i;

/** A segment that looks random: at least 20 letters and digits, mixed. Ids in hex and UUIDs stay visible. */
const random = /^(?=[^/]*[a-z])(?=[^/]*[A-Z])(?=[^/]*\d)[\w~.=:-]{20,}$/;

/** Paths of webhooks that consist of secrets. */
const webhook = /^(\/services\/|\/api\/webhooks\/|\/bot(?=\d+:))(.+)$/;

/** Masks the secrets in the path of a URL, with or without escaped slashes: segments after a secret name, and segments that look random. */
export function maskPath(path: string, hidden: HiddenValues): string {
  const [, start, secret] = webhook.exec(path) ?? [];
  if (start !== undefined && secret !== undefined) {
    const [first = "", ...rest] = secret.split("/");
    return [
      start + hidden.hide(first),
      ...rest.map((segment) => (isRandom(segment) ? hidden.hide(segment) : segment)),
    ].join("/");
  }
  let follows = false;
  let mayFollow = false;
  return path
    .split(/((?<!\\)\\*\/)/)
    .map((segment, index) => {
      if (index % 2 === 1) return segment;
      const isNamed = follows && segment !== "" && !plainSegment.test(segment);
      const isSecret = isNamed || (mayFollow && unlikeAWord.test(segment)) || isRandom(segment);
      const name = decodeName(segment.slice(0, 200));
      follows = beforeSecret.test(name) || hidden.names.further.includes(name.toLowerCase());
      mayFollow = beforeToken.test(name);
      return isSecret ? hidden.hide(segment) : segment;
    })
    .join("");
}

function isRandom(segment: string): boolean {
  return segment.length <= 1_000 && random.test(segment);
}
