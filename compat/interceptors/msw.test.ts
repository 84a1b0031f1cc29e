import { CloudTaskClient } from "cloudtask";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { expect, onTestFinished, test } from "vitest";

const API = "https://cloudtasks.googleapis.com";

function startClient(): CloudTaskClient {
  const url = "https://worker.test/tasks/run";
  const client = new CloudTaskClient({ project: "p", location: "l", url, token: () => "token" });
  onTestFinished(() => client.close());
  return client;
}

test("msw intercepts the pushes of a client that existed before", async () => {
  const task = startClient().task("t", (_: number) => undefined);
  const seen: unknown[] = [];
  const server = setupServer(
    http.post(`${API}/v2/*`, async ({ request }) => {
      const { task: created } = (await request.json()) as { task: { httpRequest: { url: string } } };
      seen.push([new URL(request.url).pathname, request.headers.get("authorization"), created.httpRequest.url]);
      return HttpResponse.json({ name: "projects/p/locations/l/queues/default/tasks/17" });
    }),
  );
  server.listen({ onUnhandledRequest: "error" });
  onTestFinished(() => server.close());
  expect(await task(1).push()).toMatchObject({ id: "17" });
  const path = "/v2/projects/p/locations/l/queues/default/tasks";
  expect(seen).toEqual([[path, "Bearer token", "https://worker.test/tasks/run"]]);
});

test("a rejection by msw is an ApiError", async () => {
  const error = { status: "PERMISSION_DENIED", message: "no" };
  const server = setupServer(http.post(`${API}/v2/*`, () => HttpResponse.json({ error }, { status: 403 })));
  server.listen({ onUnhandledRequest: "error" });
  onTestFinished(() => server.close());
  const pushing = startClient()
    .task("t", () => undefined)()
    .push();
  await expect(pushing).rejects.toMatchObject({ code: "API_ERROR", status: "PERMISSION_DENIED" });
});
