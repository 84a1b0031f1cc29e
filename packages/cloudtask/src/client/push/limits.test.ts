import { expect, test } from "vitest";
import { apiServer, clientOf, taskAt } from "../../../test/support/api-server.ts";
import { failureOf } from "../../../test/support/failure.ts";
import { type ClientOptions, CloudTaskClient, LimitError } from "../../index.ts";

const MAX_HEADERS = 81_919;
/** The bytes of `Content-Type`, `CloudTask-Name` and `CloudTask-Headers` for a task named `t`. */
const OWN_HEADERS = "Content-Typeapplication/jsonCloudTask-NametCloudTask-HeadersX-Pad".length;

function padded(bytes: number): Record<string, string> {
  return { "X-Pad": "x".repeat(bytes - OWN_HEADERS - "X-Pad".length) };
}

test.each<[string, Partial<ClientOptions>]>([
  ["the API", {}],
  ["eager mode", { eager: "immediate" }],
])("headers of just under 80 KB are accepted, one byte more is rejected before sending: %s", async (_, options) => {
  const api = await apiServer();
  let runs = 0;
  const task = clientOf(api, options).task("t", () => {
    runs++;
  });
  await task().push({ headers: padded(MAX_HEADERS) });
  const error = await failureOf<LimitError>(task().push({ headers: padded(MAX_HEADERS + 1) }));
  expect(error).toBeInstanceOf(LimitError);
  expect(error).toMatchObject({ limit: "headers-size", actual: MAX_HEADERS + 1, allowed: MAX_HEADERS });
  expect(error.message).toMatch(/^pushing "t": the headers and their names have 81920 bytes, 1 too many/);
  expect(api.requests.length + runs).toBe(1);
});

test("headers of client, definition, push and secret are counted together", async () => {
  const third = { value: "x".repeat(20_500) };
  const client = clientOf(await apiServer(), { headers: { "X-1": third.value }, secret: "s".repeat(20_500) });
  const task = client.task("t", { headers: { "X-2": third.value }, run: () => undefined });
  await task().push();
  await expect(task().push({ headers: { "X-3": third.value } })).rejects.toMatchObject({ limit: "headers-size" });
});

test("a URL of 2083 characters is accepted", async () => {
  const url = "https://worker.test/".padEnd(2083, "x");
  const api = await apiServer();
  await clientOf(api, { url })
    .task("t", () => undefined)()
    .push();
  expect(taskAt(api).httpRequest.url).toBe(url);
});

test.each([
  ["too long", "https://worker.test/".padEnd(2084, "x"), 2084, 1],
  ["too long when it is encoded", "https://worker.test/".padEnd(720, "ü"), 4220, 2137],
])(
  "a URL that is %s is rejected by the client or definition, and the message states the difference",
  (_, url, actual, over) => {
    const make = () => new CloudTaskClient({ url });
    const define = () => clientOf(undefined).task("t", { url, run: () => undefined });
    for (const [create, owner] of [[make, "CloudTaskClient"] as const, [define, 'client.task("t")'] as const]) {
      expect(create).toThrow(LimitError);
      expect(create).toThrow(expect.objectContaining({ limit: "url-length", actual, allowed: 2083 }));
      expect(create).toThrow(`${owner}: \`url\` has ${actual} characters when it is encoded, ${over} too many`);
    }
  },
);
