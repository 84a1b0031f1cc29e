import { expect, test } from "vitest";
import { HiddenValues } from "./hidden-values.ts";
import { maskBody, maskUrl } from "./mask-http.ts";

const repeatedParts = [
  "\\",
  '"',
  '\\"',
  '"\\',
  '"\\\\\\"',
  "eyJ",
  "eyJ.",
  "a",
  "a=",
  "token",
  "token=",
  "token = ",
  "token: ",
  "token:{",
  "token:[",
  "token: '",
  "token: '\\",
  "token: |\n ",
  "token\n",
  "token,",
  "token:;",
  "token:\n ",
  '  token:\n"',
  'token:"""',
  "x;token=",
  "--token ",
  "('token','",
  "'token':\"",
  '"token"=>',
  "session/a1",
  'token,"',
  "token\t",
  '"token":',
  '"token":{',
  '\\"token\\":\\"',
  '"token",',
  '["token",',
  '[["token",',
  '{"name":"token",',
  '{"name":"token","value":[',
  '{"value":1,',
  '{"a":"{\\"name\\":',
  "[",
  "{",
  "://",
  "://@",
  "https://token/",
  "https://h/token/a",
  "/token",
  "a%",
  "%25",
  "%3D",
  "%253D",
  "token%3D",
  "- ",
  "\n token:",
  "<password>",
  "<password a",
  '<a name="key" ',
  '<a name="key">',
  "<key>token</key>",
  "<key><![CDATA[",
  "Bearer ",
  "\ncontent-disposition: form-data; name=key",
  "\ncontent-disposition: form-data; name*=utf-8''key",
  "-----BEGIN PRIVATE KEY-----",
  'key="',
  "'key':'",
  "['key']",
  "ghp_",
  "xox",
  "sk_live_",
  "A1a",
  "cGFzc3dvcmQ9",
  "aGVsbG8gaGVsbG8gIA== ",
];

const HOSTILE_BYTES = 256 * 1024;

/** Masks a body that is cut off at its last byte. */
function maskStart(text: string): void {
  const bytes = Buffer.from(text);
  maskBody({ bytes: bytes.subarray(0, -1), size: bytes.length, type: "" }, new HiddenValues());
}

test.each(repeatedParts)("256 KB that repeat %j are masked in linear time", (part) => {
  const text = part.repeat(Math.ceil(HOSTILE_BYTES / part.length));
  const forms = [text, `{"secret":"${text}`, `["${text}`, `{"key":"x","a":${text}`];
  const timeOf = (share: number): number => {
    const started = process.cpuUsage();
    for (const form of forms) maskStart(form.slice(0, form.length * share));
    maskUrl(`https://h/${text.slice(0, text.length * share)}`, new HiddenValues());
    return process.cpuUsage(started).user / 1_000;
  };
  const [quarter, whole] = [timeOf(1 / 4), timeOf(1)];
  // Linear time is 4 times as long, quadratic time 16 times. Short times are noise. CPU time does not depend on other processes.
  expect(whole, `a quarter took ${quarter} ms`).toBeLessThan(Math.max(1_500, 10 * quarter));
});
