import { expect, test } from "vitest";
import { type Answer, apiServer, clientOf } from "../support/api-server.ts";
import { failureOf } from "../support/failure.ts";

/** What a proxy in between answers, in place of the API. */
function page(status: number): Answer {
  return (outgoing) => outgoing.writeHead(status, { "Content-Type": "text/html" }).end("<title>Conflict</title>");
}

const once = { apiRetry: { totalTimeout: 0 } } as const;

test.each([{ name: "n" }, { idempotent: true }, { dedupe: true }])(
  "a 409 that the API did not make says nothing of a name: the push fails with %j",
  async (options) => {
    const client = clientOf(await apiServer(page(409)), once);
    const error = await failureOf(
      client
        .task("t", () => undefined)()
        .push(options),
    );
    expect(error).toMatchObject({ name: "ApiError", httpStatus: 409, status: "ABORTED" });
  },
);

test("such a 409 is one that passes: the push is sent again", async () => {
  const api = await apiServer(page(409), (outgoing) => outgoing.end('{"name":"projects/p/tasks/1"}'));
  const pushing = clientOf(api)
    .task("t", () => undefined)()
    .push({ name: "n" });
  await expect(pushing).resolves.toMatchObject({ deduplicated: false });
});

test("a 404 that the API did not make does not say that a task is gone", async () => {
  const client = clientOf(await apiServer(page(404)), once);
  const error = await failureOf(client.deleteTask("projects/p/locations/l/queues/default/tasks/t-1"));
  expect(error).toMatchObject({ name: "ApiError", httpStatus: 404, status: "UNKNOWN" });
});
