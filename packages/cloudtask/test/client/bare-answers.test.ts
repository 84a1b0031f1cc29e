import { expect, test } from "vitest";
import { type Answer, apiServer, clientOf } from "../support/api-server.ts";
import { failureOf } from "../support/failure.ts";

/** The answer of a proxy instead of the API. */
function page(status: number): Answer {
  return (outgoing) => outgoing.writeHead(status, { "Content-Type": "text/html" }).end("<title>Conflict</title>");
}

const once = { apiRetry: { totalTimeout: 0 } } as const;

test.each([{ name: "n" }, { idempotent: true }, { dedupe: true }])(
  "a 409 that is not the API's does not mean a taken name: the push fails with %j",
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

test("a 409 that is not the API's is transient: the push is retried", async () => {
  const api = await apiServer(page(409), (outgoing) => outgoing.end('{"name":"projects/p/tasks/1"}'));
  const pushing = clientOf(api)
    .task("t", () => undefined)()
    .push({ name: "n" });
  await expect(pushing).resolves.toMatchObject({ deduplicated: false });
});

test("a 404 that is not the API's does not mean that the task is gone", async () => {
  const client = clientOf(await apiServer(page(404)), once);
  const error = await failureOf(client.deleteTask("projects/p/locations/l/queues/default/tasks/t-1"));
  expect(error).toMatchObject({ name: "ApiError", httpStatus: 404, status: "UNKNOWN" });
});
