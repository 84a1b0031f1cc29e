import { gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { HiddenValues } from "./hidden-values.ts";
import { maskBody, maskHeaders, maskUrl } from "./mask-http.ts";

/** Returns the masked form of a text body, or of its first `cut` bytes. */
function maskedBody(text: string, { type = "", cut = Number.POSITIVE_INFINITY } = {}): string {
  const whole = Buffer.from(text);
  return maskBody({ bytes: whole.subarray(0, cut), size: whole.length, type }, new HiddenValues()).body;
}

/** Texts that contain the secret `hunter2-hunter2`. */
const shapes = [
  "[db]\npassword = hunter2-hunter2\nuser = x",
  "export DB_PASSWORD = hunter2-hunter2",
  "password=hunter2-hunter2",
  "password := hunter2-hunter2",
  "password => 'hunter2-hunter2'",
  "$config['password'] = 'hunter2-hunter2';",
  'config["password"] = "hunter2-hunter2"',
  "{password: hunter2-hunter2, user: x}",
  "{password:'hunter2-hunter2'}",
  '{ user: "x", password: "hunter2-hunter2" }',
  "{credentials: {user: x, pin: hunter2-hunter2}}",
  "user: x\npassword: hunter2-hunter2\n",
  "password: >\n  hunter2-hunter2\n  hunter2-hunter2\nuser: x",
  "- password: correct hunter2-hunter2",
  '{"config":"[db]\\npwd = hunter2-hunter2\\nuser = x"}',
  'mutation { login(user: "x", password: "hunter2-hunter2") { token } }',
  '{"query":"mutation { login(user: \\"x\\", password: \\"hunter2-hunter2\\") { id } }"}',
  '[["password","hunter2-hunter2"],["user","x"]]',
  '["user","x","Password","hunter2-hunter2"]',
  '[["pin",{"token":1}],["secret",{"a":"hunter2-hunter2"}]]',
  '{"name":"password","value":"hunter2-hunter2"}',
  '{"value":"hunter2-hunter2","type":"text","name":"password"}',
  '[{"key":"API_KEY","required":true,"value":{"stringValue":"hunter2-hunter2"}}]',
  '{"serialized":"[{\\"name\\":\\"token\\",\\"value\\":\\"hunter2-hunter2\\"}]"}',
  '{"name":"password","value":"hunter2-hunter2',
  '[["password","hunter2-hunter2',
  "user,password,age\nx,hunter2-hunter2,3\ny,hunter2-hunter2,4",
  'user;"api key";age\nx;"hunter2-hunter2";3',
  "token\tuser\r\nhunter2-hunter2\tx",
  'user,password\nx,"hunter2-hunter2"',
  "--x\r\nContent-Disposition: form-data; name*=UTF-8''pass%77ord\r\n\r\nhunter2-hunter2\r\n--x--",
  '--x\r\nContent-Disposition: form-data; filename="a"; name*="utf-8\'en\'password"\r\n\r\nhunter2-hunter2\r\n--x--',
  "Server=x;Password=hunter2-hunter2;Database=y",
  "serve --password hunter2-hunter2 --port 1",
  'mutation { login(password: """hunter2-hunter2""") { id } }',
  "password:\n  - hunter2-hunter2\nuser: x",
  "db:\n  password:\n    value: hunter2-hunter2\n  user: x",
  '"password"=>"hunter2-hunter2"',
  "{'password': \"hunter2-hunter2\"}",
  "[('user', 'x'), ('password', 'hunter2-hunter2')]",
  "\ufeffuser,password\nx,hunter2-hunter2",
  '<Password Value="hunter2-hunter2"/>',
  '<property name="password" value="hunter2-hunter2"/>',
  '<property value="hunter2-hunter2" name="password"/>',
  '<entry key="password">hunter2-hunter2</entry>',
  "<key>password</key>\n<string>hunter2-hunter2</string>",
  "https://h/?next=https%3A%2F%2Fi%2F%3Ftoken%3Dhunter2-hunter2",
  "https://h/?next=https%253A%252F%252Fi%252F%253Ftoken%253Dhunter2-hunter2",
  "https://h/?next=%25257B%252522password%252522%25253A%252522hunter2-hunter2%252522%25257D",
  "https://h/reset-password/hunter2-hunter2",
  "see https://h/api/token/hunter2-hunter2/x for details",
  '{"url":"https:\\/\\/h\\/token\\/hunter2-hunter2"}',
  `{"data":"${Buffer.from('{"password":"hunter2-hunter2"}').toString("base64")}"}`,
  `{"data":"${Buffer.from('{"user":"x","password":"hunter2-hunter2"}').toString("base64url")}"}`,
  `{"a":"${Buffer.from(Buffer.from("password = hunter2-hunter2").toString("base64")).toString("base64")}"}`,
  `{"a":"${gzipSync('{"password":"hunter2-hunter2"}').toString("base64")}"}`,
  `{"a":"${Buffer.from('{"password":"hunter2-hunter2"}', "utf16le").toString("base64")}"}`,
] as const;

/** Returns a text with everything decoded that is base64 or percent-encoded in it. */
function decoded(text: string, depth = 3): string {
  if (depth === 0) return text;
  const inner = text.match(/[\w+/-]{16,}={0,2}/g)?.map((word) => Buffer.from(word, "base64"));
  const plain = inner?.flatMap((bytes) => [bytes.toString(), bytes.toString("utf16le"), unzipped(bytes)]) ?? [];
  const escaped = text.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return [
    text,
    ...plain.map((each) => decoded(each, depth - 1)),
    escaped === text ? "" : decoded(escaped, depth),
  ].join();
}

function unzipped(bytes: Uint8Array): string {
  return bytes[0] === 0x1f ? gunzipSync(bytes).toString() : "";
}

test.each(shapes)("the secret in %s is masked", (text) => {
  expect(decoded(text)).toContain("hunter2");
  expect(decoded(maskedBody(text))).not.toContain("hunter2");
});

test.each([
  ["ghp", "_16C7e42F292c6912E7710c838347Ae178B4a"],
  ["github", "_pat_11ABCDEFG0abcdefghijkl_mnop"],
  ["glpat", "-abcdefghij1234567890"],
  ["xoxb", "-123456789012-abcdefGHIJKL"],
  ["sk", "_live_4eC39HqLyjWDarjtT1zdp7dc"],
  ["rk", "_test_4eC39HqLyjWDarjtT1zdp7dc"],
  ["whsec", "_abcdefghijklmnop"],
  ["npm", "_abcdefghijklmnopqrstuvwxyz0123456789"],
  ["AKIA", "IOSFODNN7EXAMPLE"],
  ["SG", ".abcdefghijklmnop.qrstuvwxyz"],
  ["hf", "_abcdefghijklmnop"],
])("an issued token that begins with %s is masked without a name", (start, rest) => {
  const token = start + rest;
  expect(maskedBody(`{"a":"${token}","b":[1]}`)).toBe('{"a":"***","b":[1]}');
  expect(maskedBody(`see ${token} there`)).toBe("see *** there");
  expect(maskHeaders([["X-Custom", token]], new HiddenValues())).toEqual([["X-Custom", "***"]]);
  expect(maskUrl(`https://h/a/${token}`, new HiddenValues())).toBe("https://h/a/***");
});

test.each([
  ["https://h/token/abc/x", "https://h/token/***/x"],
  ["https://h/v1/token/refresh", "https://h/v1/token/refresh"],
  ["https://h/tasks/token-refresh/run", "https://h/tasks/token-refresh/run"],
  [
    "https://hooks.slack.com/services/T000/B000/XXXXXXXXXXXXXXXXXX1aB2",
    "https://hooks.slack.com/services/***/B000/***",
  ],
  ["https://api.telegram.org/bot110201543:AAHdqTcvCH1vGWJxfSe/send", "https://api.telegram.org/bot***/send"],
  ["https://h/hooks/aB3dE5fG7hI9jK1lM3nO5", "https://h/hooks/***"],
  ["https://h/orders/0f8fad5b-d9cb-469f-a165-70867728950e", "https://h/orders/0f8fad5b-d9cb-469f-a165-70867728950e"],
  ["https://h/orders/12345678901234567890123", "https://h/orders/12345678901234567890123"],
  ["https://h/%74oken/abc", "https://h/%74oken/***"],
  ["https://h/password-reset/a1b2c3d4", "https://h/password-reset/***"],
  ["https://h/session/a1b2c3d4", "https://h/session/***"],
  ["https://h/auth/google/callback", "https://h/auth/google/callback"],
  ["/relative/api-key/abc?x=1", "/relative/api-key/***?x=1"],
  ["https://h/?pass%2577ord=abc", "https://h/?pass%2577ord=***"],
])("the path of %s is masked as %s", (url, masked) => {
  expect(maskUrl(url, new HiddenValues())).toBe(masked);
});

test("texts about secrets keep the rest of their content", () => {
  for (const text of [
    '{"required":["user","email"],"isTokenValid":true,"token":null}',
    "user,age\nx,3",
    "Dear token holders, the secret is out\nregards, x",
    "const token = null; let keyboard = 1",
    '{"name":"user","value":"x"}',
    '{"data":"aGVsbG8gd29ybGQsIGhvdyBhcmUgeW91"}',
    "0f8fad5bd9cb469fa16570867728950e/0f8fad5bd9cb469fa16570867728950e",
    "https://h/?next=https%253A%252F%252Fi%252F%253Fa%253Db",
    "std::token::kind",
  ])
    expect(maskedBody(text)).toBe(text);
});

test("a form that names a secret in one field and has it in another is masked", () => {
  expect(maskedBody("name=password&value=abc", { type: "application/x-www-form-urlencoded" })).toBe(
    "name=password&value=***",
  );
  expect(maskedBody("name=user&value=abc", { type: "application/x-www-form-urlencoded" })).toBe("name=user&value=abc");
});

test("the lines after an indented secret stay visible", () => {
  expect(maskedBody("password:\n  - abc\n  - def\nuser: x")).toBe("password:***\nuser: x");
  expect(maskedBody("password: >\n  abc\nuser: x")).toBe("password: ***\nuser: x");
});
