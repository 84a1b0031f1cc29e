import { expect, test } from "vitest";
import type { ClientOptions } from "../../src/index.ts";
import { type Answer, apiServer, clientOf, listen } from "../support/api-server.ts";
import { failureOf } from "../support/failure.ts";

const SECRETS = [`top"sec\\ret`, "former-secret"];
const LEAK = /sec\\+ret|former|ya29|top\\*"/;

/** All text of an error. */
function shown(error: Error): string {
  return JSON.stringify([error, error.message, error.stack, Object.entries(error)]);
}

function pushTo(host: string, options: Partial<ClientOptions> = {}): Promise<unknown> {
  const client = clientOf({ host }, { secret: SECRETS, ...options });
  return client
    .task("t", () => undefined)()
    .push();
}

const echoes: readonly [string, (text: string) => string][] = [
  ["the message", (text) => JSON.stringify({ error: { message: `cannot read ${text}`, status: "INVALID_ARGUMENT" } })],
  ["the details", (text) => JSON.stringify({ error: { details: [{ request: JSON.parse(text), text }] } })],
  ["plain text", (text) => `you sent ${text} and once ${SECRETS[1]}`],
];

test.each(echoes)("an error answer that echoes the request in %s reveals no secret", async (_, echo) => {
  const api = await apiServer((outgoing, { text }) => outgoing.writeHead(400).end(echo(text)));
  const error = await failureOf(pushTo(api.host));
  expect(error).toMatchObject({ code: "API_ERROR", httpStatus: 400 });
  expect(shown(error)).not.toMatch(LEAK);
  expect(shown(error)).toContain("[secret]");
});

test("an access token echoed by a proxy is not revealed", async () => {
  const echo: Answer = (outgoing, { headers }) => {
    const message = `denied: ${headers.authorization?.replace("Bearer ", "token=")}`;
    outgoing.writeHead(403).end(JSON.stringify({ error: { message, details: [headers] } }));
  };
  const { host } = await apiServer(echo);
  const options = { emulatorHost: undefined, apiEndpoint: `http://${host}`, token: async () => "ya29.abc" };
  const error = await failureOf(pushTo(host, options));
  expect(error).toMatchObject({
    apiMessage: "denied: token=[secret]",
    details: [{ authorization: "Bearer [secret]" }],
  });
  expect(shown(error)).not.toMatch(LEAK);
});

test("a worker that echoes its headers in eager mode reveals no secret", async () => {
  const host = await listen(({ headers }, outgoing) => outgoing.writeHead(500).end(JSON.stringify(headers)));
  const error = await failureOf(pushTo(host, { emulatorHost: undefined, eager: "remote", url: `http://${host}/` }));
  expect(error).toMatchObject({ httpStatus: 500, body: expect.stringContaining('"x-cloudtask-secret":"[secret]"') });
  expect(error.message).toContain('"x-cloudtask-secret":"[secret]"');
  expect(shown(error)).not.toMatch(LEAK);
});
