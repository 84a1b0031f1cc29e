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

test("middleware, factories, handlers and hooks receive the value that is attached to the request", async () => {
  const { client, worker, bindings } = scene();
  const getName = depends({ bindings }, ({ bindings }) => bindings.name);
  const seen: unknown[] = [];
  client.use(async (delivery, next) => {
    seen.push(await delivery.use(bindings));
    return next();
  });
  client.task("t", {
    deps: { bindings, name: getName },
    run: async (_: undefined, { bindings: received, name, delivery }) => {
      seen.push(received, name, await delivery.use(bindings));
    },
    onSuccess: async ({ delivery }) => seen.push(await delivery.use(bindings)),
  });
  const env = { name: "production" };
  const response = await worker.fetch(bindings.attach(deliveryOf({ task: "t" }), env));
  expect(response.status).toBe(200);
  expect(seen).toEqual([env, env, "production", env, env]);
  expect(seen[0]).toBe(env);
});

test("concurrent deliveries receive their own values", async () => {
  const { client, worker, bindings } = scene();
  client.task("t", { deps: { bindings }, run: (_: undefined, { bindings }) => bindings.name });
  const names = Array.from({ length: 20 }, (_, index) => `tenant ${index}`);
  const answers = names.map(async (name) => {
    const response = await worker.fetch(bindings.attach(deliveryOf({ task: "t" }), { name }));
    return ((await response.json()) as { result: string }).result;
  });
  expect(await Promise.all(answers)).toEqual(names);
});

test("an attached value is not disposed, because the caller owns it", async () => {
  const { client, worker } = scene();
  const connection = fromRequest<AsyncDisposable>("connection");
  client.task("t", { deps: { connection }, run: () => undefined });
  const dispose = vi.fn();
  await worker.fetch(connection.attach(deliveryOf({ task: "t" }), { [Symbol.asyncDispose]: dispose }));
  expect(dispose).not.toHaveBeenCalled();
});

test("without an attached value the error names the remedy, and client.override() provides a value", async () => {
  const { client, worker, bindings } = scene();
  const task = client.task("t", { deps: { bindings }, run: (_: unknown, { bindings }) => bindings.name });
  await expect(task(0).execute()).rejects.toThrow(
    /^"bindings" has no value in this delivery, .+ client\.override\(bindings, …\)/,
  );
  expect((await worker.fetch(deliveryOf({ task: "t" }))).status).toBe(500);
  using _ = client.override(bindings, { name: "fake" });
  expect(await task(0).execute()).toBe("fake");
});

test("several values can be attached to one request, including undefined", async () => {
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
