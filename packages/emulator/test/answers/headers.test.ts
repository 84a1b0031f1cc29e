import { type Fixture, QUEUE, runFixtures } from "./support/fixture.ts";

const agent = { "User-Agent": "Google-Cloud-Tasks" };

const dropped = [
  "Host",
  "host",
  "Content-Length",
  "Connection",
  "Keep-Alive",
  "Proxy-Authorization",
  "Proxy-Connection",
  "TE",
  "Transfer-Encoding",
  "Upgrade",
  "Via",
  "Accept-Encoding",
  "X-Forwarded-For",
  "From",
  "X-Google",
  "x-google-anything",
  "X-AppEngine-Anything",
  "",
  "X Space",
  "X\tTab",
  "X:Colon",
  "X-Ümlaut",
];

const kept = [
  "Authorization",
  "Content-Type",
  "Trailer",
  "X-Forwarded-Proto",
  "X-Goog-Anything",
  "X-CloudTasks-TaskName",
  "X-MiXeD-Case",
  "X/Slash",
];

const values: readonly (readonly [what: string, value: string, stored: string | undefined])[] = [
  ["line breaks", "a\r\nb", "a__b"],
  ["a NUL", "a\0b", "a"],
  ["a tab", "a\tb", "a\tb"],
  ["one space", " ", " "],
  ["nothing", "", undefined],
  ["a control character", "a\u0001b", undefined],
  ["DEL", "a\u007fb", undefined],
  ["a letter beyond ASCII", "aüb", undefined],
];

function stores(when: string, headers: Readonly<Record<string, string>>, stored: object): Fixture {
  return {
    when,
    given: [
      ["createTask", { parent: QUEUE, task: { name: `${QUEUE}/tasks/t`, httpRequest: { url: "http://x/", headers } } }],
    ],
    call: ["getTask", { name: `${QUEUE}/tasks/t` }],
    headers: { ...stored, ...agent },
  };
}

runFixtures([
  ...dropped.map((name) => stores(`the header ${JSON.stringify(name)} is dropped`, { [name]: "v" }, {})),
  ...kept.map((name) => stores(`the header ${name} is kept`, { [name]: "v" }, { [name]: "v" })),
  stores("the User-Agent is replaced", { "user-agent": "mine" }, {}),
  ...values.map(([what, value, stored]) =>
    stores(`a value with ${what}`, { "X-A": value }, stored === undefined ? {} : { "X-A": stored }),
  ),
  stores("a header of 8188 bytes is kept", { "X-Long": "v".repeat(8182) }, { "X-Long": "v".repeat(8182) }),
  stores("a header of 8189 bytes is dropped", { "X-Long": "v".repeat(8183) }, {}),
]);
