import { cloudTaskPlugin } from "cloudtask/fastify";
import { expect, test } from "vitest";
import { CloudTaskClient, createWorker } from "../../src/index.ts";
import { FASTIFY_VERSIONS, injected, listenOn } from "../support/fastify-versions.ts";

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** A client with a task that runs until a gate opens, and its delivery. */
function scene() {
  const client = new CloudTaskClient({ url: "http://worker.test/tasks/run" });
  const started = deferred<AbortSignal>();
  const finish = deferred<string>();
  client.task("wait", (_: undefined, { delivery }) => {
    started.resolve(delivery.signal);
    return finish.promise;
  });
  const { method, headers, payload: body } = injected("wait");
  const deliver = (origin: string): Promise<Response> => fetch(`${origin}/tasks/run`, { method, headers, body });
  return { client, started: started.promise, finish: finish.resolve, deliver };
}

test.each(FASTIFY_VERSIONS)("%s: app.close() lets a running delivery finish and rejects others", async (_, make) => {
  const { client, started, finish, deliver } = scene();
  const app = make();
  await app.register(cloudTaskPlugin, { client, allowUnauthenticated: true, prefix: "/tasks/run" });
  const origin = await listenOn(app);
  const answer = deliver(origin);
  await started;
  const closed = app.close();
  const refused = await deliver(origin);
  finish("done");
  expect(await (await answer).json()).toEqual({ status: "success", result: "done" });
  expect(refused.status).toBe(503);
  await closed;
});

test.concurrent.each(FASTIFY_VERSIONS)(
  "%s: a delivery that runs too long is aborted, and the app closes",
  async (_, make) => {
    const { client, started, deliver } = scene();
    const app = make();
    await app.register(cloudTaskPlugin, { client, allowUnauthenticated: true, prefix: "/tasks/run" });
    const answer = deliver(await listenOn(app));
    const signal = await started;
    await app.close();
    expect(signal.reason).toEqual(new Error("the worker is closing"));
    expect((await answer).status).toBe(504);
  },
  20_000,
);

test.each(FASTIFY_VERSIONS)("%s: a worker that was passed in stays open", async (_, make) => {
  const { client, started, finish, deliver } = scene();
  const worker = createWorker(client, { allowUnauthenticated: true });
  const [one, other] = [make(), make()];
  for (const app of [one, other]) await app.register(cloudTaskPlugin, { client: worker, prefix: "/tasks/run" });
  const answer = deliver(await listenOn(other));
  await started;
  await one.close();
  finish("done");
  expect((await answer).status).toBe(200);
  await worker.close();
  expect((await other.inject(injected("wait"))).statusCode).toBe(503);
  await other.close();
});
