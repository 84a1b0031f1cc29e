import fc from "fast-check";
import { expect, test } from "vitest";
import { HiddenValues } from "./hidden-values.ts";
import { maskBody, maskHeaders, maskUrl } from "./mask-http.ts";
import { SecretNames } from "./secret-names.ts";

const JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-bmF0_XJl";

/** Returns the masked form of a text body, or of its first `cut` bytes. */
function maskedBody(text: string, { type = "", cut = Number.POSITIVE_INFINITY } = {}): string {
  const whole = Buffer.from(text);
  return maskBody({ bytes: whole.subarray(0, cut), size: whole.length, type }, new HiddenValues()).body;
}

const headers = [
  ["Authorization", `Bearer ${JWT}`, "Bearer ***"],
  ["authorization", "Basic dXNlcjpwYXNz", "Basic ***"],
  ["Authorization", "opensesame now", "***"],
  ["Proxy-Authorization", "Digest username=a", "Digest ***"],
  ["Cookie", "a=1; b=2", "***"],
  ["Set-Cookie", "id=1; Path=/", "***"],
  ["X-CloudTask-Secret", "s3cr3t", "***"],
  ["x-api-key", "k", "***"],
  ["X-ApiKey", "k", "***"],
  ["Ocp-Apim-Subscription-Key", "k", "***"],
  ["X-Keyboard", "k", "k"],
  ["X-Hub-Signature-256", "sha256=aa", "***"],
  ["X-Amz-Credential", "AKIA", "***"],
  ["X-User-Password", "p", "***"],
  ["X-CloudTask-Secret", "", ""],
  ["X-CloudTasks-TaskName", "token-refresh", "token-refresh"],
  ["Content-Type", "application/json", "application/json"],
  ["X-Forwarded-Assertion", JWT, "***"],
  ["X-Auth", "k", "***"],
  ["X-Internal-Key", "k", "***"],
  ["X-Session-Id", "k", "***"],
  ["x-functions-key", "k", "***"],
  ["Authentication", "k", "***"],
  ["X-Custom", "Bearer abcdefgh", "Bearer ***"],
  ["X-Custom", "Basic dXNlcjpwYXNz", "Basic ***"],
  ["X-Custom", "ya29.a0AfB_by-x", "***"],
  ["WWW-Authenticate", 'Bearer realm="x"', 'Bearer realm="x"'],
  ["Idempotency-Key", "order-17", "order-17"],
  ["CloudTask-Name", "sendMail", "sendMail"],
  ["X-Author", "me", "me"],
  ["Location", "https://u:p@host/?access_token=abc&x=1", "https://***@host/?access_token=***&x=1"],
] as const;

test.each(headers)("the header %s: %s is masked as %s", (name, value, masked) => {
  expect(maskHeaders([[name, value]], new HiddenValues())).toEqual([[name, masked]]);
});

const urls = [
  ["https://example.com/run?a=1", "https://example.com/run?a=1"],
  ["https://user:pass@example.com/", "https://***@example.com/"],
  ["https://user@example.com/@me", "https://***@example.com/@me"],
  ["https://user:p@ss@example.com/", "https://***@example.com/"],
  ["http:\\\\user:pass@example.com/", "http:\\\\***@example.com/"],
  ["http:///user:pass@example.com/", "http:///***@example.com/"],
  ["ht\ntp://user:pa\tss@example.com/", "http://***@example.com/"],
  ["https://h/?token=abc&next=1", "https://h/?token=***&next=1"],
  ["https://h/?t%6Fken=abc", "https://h/?t%6Fken=***"],
  ["https://h/?X-Goog-Signature=ab&X-Goog-Credential=cd", "https://h/?X-Goog-Signature=***&X-Goog-Credential=***"],
  ["https://h/?token=", "https://h/?token="],
  ["https://h/?token", "https://h/?token"],
  ["https://h/?next=https%3A%2F%2Fi%2F%3Fapi_key%3Dabc", "https://h/?next=https%3A%2F%2Fi%2F%3Fapi_key%3D***"],
  ["https://h/#access_token=abc&x=1", "https://h/#access_token=***&x=1"],
  [`https://h/${JWT}/x`, "https://h/***/x"],
  ["/relative?password=abc", "/relative?password=***"],
  ["https://h/?key=a&auth=b&code=c&page=d", "https://h/?key=***&auth=***&code=***&page=d"],
  ["https://h/?next=%2F%3Fcode%3Dabc", "https://h/?next=%2F%3Fcode%3D***"],
  ["https://h/?q=%E0%A4%A", "https://h/?q=%E0%A4%A"],
] as const;

test.each(urls)("the URL %s is masked as %s", (url, masked) => {
  expect(maskUrl(url, new HiddenValues())).toBe(masked);
});

const bodies = [
  ['{"password":"abc","user":"x"}', '{"password":"***","user":"x"}'],
  ['{"apiKey" : 12.5e3 , "b":1}', '{"apiKey" : "***" , "b":1}'],
  ['{"token":null,"isTokenValid":true,"secret":""}', '{"token":null,"isTokenValid":true,"secret":""}'],
  ['{"credentials":{"user":"x","pin":["}",1]},"b":1}', '{"credentials":"***","b":1}'],
  ['{"tokens":["a","b]"],"b":1}', '{"tokens":"***","b":1}'],
  ['{"a":{"b":[{"clientSecret":"x"}]}}', '{"a":{"b":[{"clientSecret":"***"}]}}'],
  ['{"pass\\u0077ord":"abc"}', '{"pass\\u0077ord":"***"}'],
  ['{"password":"a\\"b\\\\"}', '{"password":"***"}'],
  ['{"note":"the \\"token\\": none"}', '{"note":"the \\"token\\": \\"***\\""}'],
  ['{"password":"abc', '{"password":"***'],
  ['{"password":', '{"password":'],
  ['{"credentials":{"user":"x"', '{"credentials":"***"'],
  ['{"serialized":"{\\"password\\":\\"abc\\",\\"a\\":1}"}', '{"serialized":"{\\"password\\":\\"***\\",\\"a\\":1}"}'],
  [
    '{"serialized":"{\\"pin\\":1,\\"token\\":{\\"a\\":2}}","b":1}',
    '{"serialized":"{\\"pin\\":1,\\"token\\":\\"***\\"}","b":1}',
  ],
  ['5" of {"password":"abc"}', '5" of {"password":"***"}'],
  [`{"jwtissuer":1,"x":"${JWT}"}`, '{"jwtissuer":1,"x":"***"}'],
  [`cut ${JWT.slice(0, 30)}`, "cut ***"],
  ["X-CloudTask-Secret: abc\nHost: h", "X-CloudTask-Secret: ***\nHost: h"],
  ["Authorization: Bearer abc\r\nHost: h", "Authorization: Bearer ***\r\nHost: h"],
  ['{"url":"http:\\/\\/u:p@h\\/?a=1\\u0026token=abc"}', '{"url":"http:\\/\\/***@h\\/?a=1\\u0026token=***"}'],
  ['{"pass":"a","key":"b","auth":"c","userAuth":"d"}', '{"pass":"***","key":"***","auth":"***","userAuth":"***"}'],
  ['{"passed":1,"keyboard":"b","author":"c","code":404}', '{"passed":1,"keyboard":"b","author":"c","code":404}'],
  ['{"a":"ya29.abcd-e","b":1}', '{"a":"***","b":1}'],
  [
    '{"pem":"-----BEGIN RSA PRIVATE KEY-----\\nMIIE\\n-----END RSA PRIVATE KEY-----"}',
    '{"pem":"-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----"}',
  ],
  ["-----BEGIN PRIVATE KEY-----\nMIIEv", "-----BEGIN PRIVATE KEY-----***"],
  [
    '{"s":"{\\"pem\\":\\"-----BEGIN PRIVATE KEY-----MII\\"}"}',
    '{"s":"{\\"pem\\":\\"-----BEGIN PRIVATE KEY-----***\\"}"}',
  ],
  ["curl -H 'Authorization: Bearer abc12345'", "curl -H 'Authorization: Bearer ***'"],
  ["Basic authentication, bearer documents", "Basic authentication, bearer documents"],
  ["<a><password>x y</password><b>1</b></a>", "<a><password>***</password><b>1</b></a>"],
  ["<w:Password Type='t'><![CDATA[a<b]]></w:Password>", "<w:Password Type='t'>***]]></w:Password>"],
  ["<a><password>x y", "<a><password>***"],
  ['<user name="x" password="y z"/>', '<user name="x" password="***"/>'],
  ["{'password': 'a', 'b': 1}", "{'password': '***', 'b': 1}"],
  ['{"a":"<password>","b":1}', '{"a":"<password>","b":1}'],
  [
    '--x\r\nContent-Disposition: form-data; name="password"\r\n\r\na\r\nb\r\n--x--',
    '--x\r\nContent-Disposition: form-data; name="password"\r\n\r\n***\r\n--x--',
  ],
  [
    "--x\r\nContent-Disposition: form-data; name=token\r\nContent-Type: text/plain\r\n\r\nab",
    "--x\r\nContent-Disposition: form-data; name=token\r\nContent-Type: text/plain\r\n\r\n***",
  ],
  ["eyJust text. really", "eyJust text. really"],
  ["nothing to hide: 1 = 1", "nothing to hide: 1 = 1"],
] as const;

test.each(bodies)("the body %s is masked as %s", (body, masked) => {
  expect(maskedBody(body)).toBe(masked);
});

test("in a form, the whole value of a secret field is masked, even if it contains delimiters", () => {
  const type = "application/x-www-form-urlencoded; charset=utf-8";
  expect(maskedBody("user=x&password=a;b,<c>&user%5Bpassword%5D=abc", { type })).toBe(
    "user=x&password=***&user%5Bpassword%5D=***",
  );
});

test("a binary body is returned in base64, and a token in it is masked", () => {
  const bytes = Buffer.concat([Buffer.from([0, 255, 1]), Buffer.from(`${JWT} end`)]);
  const { body, bodyEncoding, bodySize } = maskBody({ bytes, size: bytes.length, type: "" }, new HiddenValues());
  expect([bodyEncoding, bodySize]).toEqual(["base64", bytes.length]);
  expect(Buffer.from(body, "base64").subarray(3).toString()).toBe("*** end");
});

test.each([1, 2, 3, 4, 5, 6, 7])(
  "a text that is cut off after %s bytes stays text up to its last complete character",
  (cut) => {
    const text = "aé€😀";
    const { body, bodyEncoding } = maskBody(
      { bytes: Buffer.from(text).subarray(0, cut), size: 10, type: "" },
      new HiddenValues(),
    );
    expect(bodyEncoding).toBe("text");
    expect(text.startsWith(body)).toBe(true);
  },
);

test("a value that is masked in one place is masked in others, even if the text is cut off inside it", () => {
  const hidden = new HiddenValues();
  maskHeaders([["X-CloudTask-Secret", "open-sesame"]], hidden);
  expect(hidden.scrub("wrong secret open-sesame!")).toBe("wrong secret ***!");
  expect(hidden.scrub("wrong secret open-ses", true)).toBe("wrong secret ***");
  expect(hidden.scrub("wrong secret op", true)).toBe("wrong secret op");
});

const secret = fc.string({
  unit: fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~"),
  minLength: 12,
  maxLength: 40,
});
const prefix = fc.constantFrom("", "x-", "my_", "AWS");
const word = fc.constantFrom(
  "secret",
  "Token",
  "PASSWORD",
  "api-key",
  "apiKey",
  "signature",
  "credentials",
  "authorization",
);
const secretName = fc.tuple(prefix, word).map((parts) => parts.join(""));

/** JSON that contains a secret under a secret name at any depth. */
const planted = fc
  .record({ secret, name: secretName, around: fc.jsonValue({ maxDepth: 2 }), depth: fc.nat(4) })
  .map((plan) => {
    let value: unknown = { before: plan.around, [plan.name]: plan.secret, after: plan.around };
    for (let level = 0; level < plan.depth; level += 1)
      value = level % 2 ? { a: plan.around, level: value } : [value, plan.around];
    return { ...plan, json: value };
  });

/** Returns all parts of six characters. None of them must be visible. */
function piecesOf(text: string): string[] {
  return Array.from({ length: text.length - 5 }, (_, index) => text.slice(index, index + 6));
}

test("no part of the value of a secret key is visible, however the JSON is nested, indented, wrapped in strings and cut off", () => {
  const layout = fc.record({
    indent: fc.nat(2),
    strings: fc.nat(3),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(planted, layout, ({ secret: hidden, json }, { indent, strings, share }) => {
      let text = JSON.stringify(json, undefined, indent);
      for (let level = 0; level < strings; level += 1) text = JSON.stringify({ level, inner: text });
      const masked = maskedBody(text, { cut: Math.ceil(share * Buffer.byteLength(text)) });
      expect(piecesOf(hidden).filter((piece) => masked.includes(piece))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

/** A secret that contains the syntax characters of JSON. */
const jsonLikeSecret = fc.string({ unit: fc.constantFrom(...'"\\{}[],: \nxé'), minLength: 1, maxLength: 20 });

test("masking JSON replaces only secrets and keeps the JSON valid", () => {
  const looksSecret =
    /secret|token|passw|passphrase|key|signature|credential|authorization|cookie|code|pwd|sig|jwt|auth|bearer|csrf|xsrf|hmac|otp|pass|session|sid|eyJ|@|=|:|<|'/i;
  const harmless = fc
    .jsonValue({ maxDepth: 3 })
    .filter((value) => !looksSecret.test(JSON.stringify(value).replaceAll('":', "")));
  fc.assert(
    fc.property(harmless, secretName, jsonLikeSecret, (value, name, hidden) => {
      const masked = maskedBody(JSON.stringify({ value, [name]: hidden, other: value }));
      expect(JSON.parse(masked)).toEqual(JSON.parse(JSON.stringify({ value, [name]: "***", other: value })));
    }),
    { numRuns: 300 },
  );
});

test("no part of a secret is visible in headers, URLs and forms", () => {
  fc.assert(
    fc.property(secretName, secret, fc.webQueryParameters(), (name, hidden, query) => {
      const masked = [
        maskHeaders([[name, hidden]], new HiddenValues())[0]?.[1],
        maskUrl(`https://user:${hidden}@example.com/run?${query}`, new HiddenValues()),
        maskUrl(`https://example.com/run?${query}&${name}=${hidden}&${query}`, new HiddenValues()),
        maskedBody(`${name}=${encodeURIComponent(hidden)}&a=1`, { type: "application/x-www-form-urlencoded" }),
      ].join(" ");
      expect(piecesOf(hidden).filter((piece) => masked.includes(piece))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test("a text that was remembered as clean is masked once its name is secret", () => {
  const names = new SecretNames();
  const masked = (): unknown => maskHeaders([["X-Parts", "tenant=abcdefgh"]], new HiddenValues(names));
  expect(masked()).toEqual([["X-Parts", "tenant=abcdefgh"]]);
  names.add("tenant");
  expect(masked()).toEqual([["X-Parts", "tenant=***"]]);
});
