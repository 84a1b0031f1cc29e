import { execFile, execFileSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { asCurl, asGcloud, asTypeScript } from "../src/pages/task/copy-as.ts";

const BODY = `{"task":"greet","payload":{"text":"it's $HOME \`x\` 🎉","n":12345678901234567890}}`;

const request = {
  kind: "http",
  method: "POST",
  url: "https://example.com/run?a=1&b=2",
  headers: [
    ["Content-Type", "application/json"],
    ["X-Secret", "***"],
    ["X-CloudTasks-TaskName", "1"],
    ["Content-Length", "4"],
  ],
  body: BODY,
  bodyEncoding: "text",
  bodySize: 1,
} as const;

/** Runs a command of a shell in which the tool prints its arguments and its input, and returns them. */
function run(command: string): { args: string[]; input: string } {
  const tool = `tool() { node -e 'let s=""; process.stdin.on("data", (d) => s += d).on("end", () => console.log(JSON.stringify({ args: process.argv.slice(1), input: s })))' -- "$@"; }`;
  const script = `${tool}; ${command.replace(/\b(curl|gcloud) /, "tool ")}`;
  return JSON.parse(execFileSync("bash", ["-c", script], { encoding: "utf8", input: "" }));
}

test("the curl command passes the exact payload and the own headers", () => {
  expect(run(asCurl(request)).args).toEqual([
    ...["-X", "POST", "https://example.com/run?a=1&b=2"],
    ...["-H", "Content-Type: application/json", "-H", "X-Secret: ***"],
    ...["--data-binary", BODY],
  ]);
});

test("a body that is not text reaches curl and gcloud as its bytes", () => {
  const binary = { ...request, body: Buffer.from("bytes").toString("base64"), bodyEncoding: "base64" } as const;
  expect(run(asCurl(binary))).toMatchObject({ input: "bytes" });
  const gcloud = run(asGcloud({ queue: "projects/p/locations/l/queues/q" }, binary));
  expect(gcloud).toMatchObject({ input: "bytes" });
  expect(gcloud.args).toContain("--body-file=-");
});

test("the gcloud command names the queue and the token", () => {
  const authorization = { kind: "oidc", serviceAccount: "a@example.com", audience: "https://example.com" } as const;
  const { args } = run(asGcloud({ queue: "projects/p/locations/l/queues/q", authorization }, request));
  expect(args).toEqual([
    ...["tasks", "create-http-task", "--project=p", "--location=l", "--queue=q"],
    ...["--url=https://example.com/run?a=1&b=2", "--method=POST"],
    ...["--header=Content-Type: application/json", "--header=X-Secret: ***"],
    ...["--oidc-service-account-email=a@example.com", "--oidc-token-audience=https://example.com"],
    `--body-content=${BODY}`,
  ]);
});

const bare = { ...request, headers: [] } as const;

test.each([
  ["a body that begins with @", { body: "@/etc/hostname" }],
  ["a body with quotes, line breaks and signs of the shell", { body: `a'b"c\n$HOME \\ !x\r\n` }],
  ["a body of 400 kB", { body: "é".repeat(200_000) }],
  ["a body with a NUL character", { body: "a\0b" }],
  ["a URL with brackets", { url: "/run?ids=[1-3]&x={a,b}", body: "x" }],
  ["a header without a value", { headers: [["X-Empty", ""]] as const, body: "x" }],
  ["a body without a type", { body: "a=b" }],
  ["a request without a body", { method: "GET", body: "" }],
  ["a HEAD request", { method: "HEAD", body: "" }],
])("curl sends %s as the emulator does", async (_, changes) => {
  const received: unknown[] = [];
  await using server = createServer(async (incoming, response) => {
    const { method, url, headers } = incoming;
    const { "content-type": type, "x-empty": empty } = headers;
    received.push({ method, url, type, empty, body: await text(incoming) });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const path = "url" in changes ? changes.url : "/";
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const sent = { ...bare, ...changes, url };
  const shell = promisify(execFile)("bash");
  shell.child.stdin?.end(asCurl(sent).replace("curl ", "curl --silent --fail "));
  await shell;
  const empty = sent.headers.length > 0 ? "" : undefined;
  expect(received).toEqual([{ method: sent.method, url: path, type: undefined, empty, body: sent.body }]);
});

test.each([
  [
    "a payload",
    BODY,
    'await client.get("greet")({"text":"it\'s $HOME `x` 🎉","n":12345678901234567890}).push({ queue: "q" });',
  ],
  ["no payload", '{"task":"greet"}', 'await client.get("greet")().push({ queue: "q" });'],
  [
    "an edited payload",
    '{\n "task": "greet",\n "payload": [ 1 ]\n}\n',
    'await client.get("greet")([ 1 ]).push({ queue: "q" });',
  ],
])("the TypeScript code of a definition pushes %s", (_, body, code) => {
  expect(asTypeScript({ definition: "greet", queue: "projects/p/locations/l/queues/q" }, { ...request, body })).toBe(
    code,
  );
});
