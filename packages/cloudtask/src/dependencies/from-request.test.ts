import { expect, expectTypeOf, test, vi } from "vitest";
import { deliveryOf } from "../../test/support/deliveries.ts";
import { CloudTaskClient, createWorker, type Dependency, depends, fromRequest } from "../index.ts";

interface Bindings {
  readonly name: string;
}

function scene() {
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const worker = createWorker(client, { allowUnauthenticated: true });
  const bindings = fromRequest<Bindings>("bindings");
  return { client, worker, bindings };
}

test("what is attached to a request is what its delivery gets, wherever it asks", async () => {
  const { client, worker, bindings } = scene();
  const getName = depends({ bindings }, ({ bindings }) => bindings.name);
  const seen: unknown[] = [];
  client.use(async (delivery, next) => {
    seen.push(await delivery.use(bindings));
    return next();
  });
  client.task("t", {
    deps: { bindings, name: getName },
    run: async (_: undefined, { bindings: given, name, delivery }) => {
      seen.push(given, name, await delivery.use(bindings));
    },
    onSuccess: async ({ delivery }) => seen.push(await delivery.use(bindings)),
  });
  const env = { name: "production" };
  const response = await worker.fetch(bindings.attach(deliveryOf({ task: "t" }), env));
  expect(response.status).toBe(200);
  expect(seen).toEqual([env, env, "production", env, env]);
  expect(seen[0]).toBe(env);
});

test("deliveries side by side get each their own", async () => {
  const { client, worker, bindings } = scene();
  client.task("t", { deps: { bindings }, run: (_: undefined, { bindings }) => bindings.name });
  const names = Array.from({ length: 20 }, (_, index) => `tenant ${index}`);
  const answers = names.map(async (name) => {
    const response = await worker.fetch(bindings.attach(deliveryOf({ task: "t" }), { name }));
    return ((await response.json()) as { result: string }).result;
  });
  expect(await Promise.all(answers)).toEqual(names);
});

test("it is not disposed: it is the caller's", async () => {
  const { client, worker } = scene();
  const connection = fromRequest<AsyncDisposable>("connection");
  client.task("t", { deps: { connection }, run: () => undefined });
  const dispose = vi.fn();
  await worker.fetch(connection.attach(deliveryOf({ task: "t" }), { [Symbol.asyncDispose]: dispose }));
  expect(dispose).not.toHaveBeenCalled();
});

test("where nothing attached it, whoever asks is told what to do, and what overrides it is taken", async () => {
  const { client, worker, bindings } = scene();
  const task = client.task("t", { deps: { bindings }, run: (_: unknown, { bindings }) => bindings.name });
  await expect(task(0).execute()).rejects.toThrow(
    /^"bindings" has no value in this delivery, .+ client\.override\(bindings, …\)/,
  );
  expect((await worker.fetch(deliveryOf({ task: "t" }))).status).toBe(500);
  using _ = client.override(bindings, { name: "fake" });
  expect(await task(0).execute()).toBe("fake");
});

test("several values stand side by side, undefined among them", async () => {
  const { client, worker, bindings } = scene();
  const user = fromRequest<string | undefined>("user");
  client.task("t", {
    deps: { bindings, user },
    run: (_: undefined, deps) => [deps.bindings.name, deps.user ?? "nobody"],
  });
  const request = user.attach(bindings.attach(deliveryOf({ task: "t" }), { name: "a" }), undefined);
  expect(await (await worker.fetch(request)).json()).toMatchObject({ result: ["a", "nobody"] });
  expectTypeOf(user).toExtend<Dependency<string | undefined>>();
});
