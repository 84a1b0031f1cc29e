import { expect, expectTypeOf, test, vi } from "vitest";
import { z } from "zod";
import {
  CloudTaskClient,
  createWorker,
  type DeclaredTask,
  type Delivery,
  depends,
  type TaskDefinition,
} from "../../src/index.ts";
import { apiServer, clientOf } from "../support/api-server.ts";
import { deliveryOf } from "../support/deliveries.ts";

function scene() {
  const client = new CloudTaskClient({ url: "http://worker.test/", eager: "immediate" });
  const worker = createWorker(client, { allowUnauthenticated: true });
  const declared = client.declare("charge", { input: z.object({ id: z.coerce.number() }), retry: { maxAttempts: 2 } });
  const deliver = async (payload: unknown = { id: "7" }) => {
    const response = await worker.fetch(deliveryOf({ task: "charge", payload }));
    return { status: response.status, body: await response.json() };
  };
  return { client, declared, deliver };
}

test("a declared task is pushed like any other", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  const charge = client.declare("charge", { input: z.object({ id: z.number() }), queue: "cards" });
  const { queue } = await charge({ id: 1 }).push({ name: "charge-1" });
  expect(queue).toBe("cards");
  const { task } = JSON.parse(String(api.requests[0]?.text));
  expect(atob(task.httpRequest.body)).toBe('{"task":"charge","payload":{"id":1}}');
  await expect(charge({ id: "x" } as never).push()).rejects.toMatchObject({ code: "PAYLOAD_INVALID" });
});

test("without a handler, a delivery is answered like that of an unknown task, and retried", async () => {
  const { client, declared, deliver } = scene();
  const message = expect.stringMatching(/^"charge" is declared but has no handler .+client\.handle\(\)/);
  expect(await deliver()).toEqual({ status: 404, body: { status: "unknown-task", message } });
  await expect(declared({ id: 1 }).execute()).rejects.toThrow(/is declared but has no handler/);
  client.handle(declared, ({ id }) => id);
  expect(await deliver()).toMatchObject({ status: 200 });
});

test("its handler receives the schema's output and dependencies, and has hooks", async () => {
  const { client, declared, deliver } = scene();
  const seen: unknown[] = [];
  const getCards = depends(async function* () {
    yield { charge: (id: number) => `charged ${id}` };
    seen.push("closed");
  });
  client.handle(declared, {
    deps: { cards: getCards },
    run: ({ id }, { cards, delivery }) => `${cards.charge(id)} for ${delivery.task}`,
    onSuccess: ({ result }) => seen.push(result),
  });
  expect(await deliver()).toEqual({ status: 200, body: { status: "success", result: "charged 7 for charge" } });
  expect(await declared({ id: "8" }).execute()).toBe("charged 8 for charge");
  expect(seen).toEqual(["closed", "charged 7 for charge", "closed", "charged 8 for charge"]);
});

test("a handler can be removed and replaced", async () => {
  const { client, declared, deliver } = scene();
  {
    using _ = client.handle(declared, () => "first");
    expect((await deliver()).body).toMatchObject({ result: "first" });
  }
  expect((await deliver()).status).toBe(404);
  const remove = client.handle(declared, () => "second");
  expect(() => client.handle(declared, () => "third")).toThrow('"charge" already has a handler');
  remove();
  client.handle(declared, () => "third");
  // Removing the first handler again must not remove the second.
  remove();
  expect((await deliver()).body).toMatchObject({ result: "third" });
});

test("a running delivery keeps its handler", async () => {
  const { client, declared, deliver } = scene();
  const onSuccess = vi.fn();
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const run = vi.fn(() => released);
  const remove = client.handle(declared, { run, onSuccess });
  const answered = deliver();
  await expect.poll(() => run.mock.calls.length).toBe(1);
  remove();
  release();
  expect((await answered).status).toBe(200);
  expect(onSuccess).toHaveBeenCalledOnce();
});

test.each([
  ["another client's", (): unknown => new CloudTaskClient({ url: "http://x.test/" }).declare("charge"), () => 1],
  ["no definition", (): unknown => ({ name: "charge" }), () => 1],
  ["no handler", undefined, { deps: {} }],
  ["an unknown option", undefined, { run: (): number => 1, queue: "x" }],
  ["a dependency that is none", undefined, { deps: { db: {} }, run: (): number => 1 }],
])("handle() rejects %s", (_, other, handler) => {
  const { client, declared } = scene();
  expect(() => client.handle((other?.() ?? declared) as never, handler as never)).toThrow(TypeError);
});

test.each([
  ["run", /"client\.handle\(\)"/],
  ["deps", /"client\.handle\(\)"/],
  ["qeue", /did you mean "queue"/],
])("declare() rejects %s, with a hint", (option, message) => {
  const { client } = scene();
  expect(() => client.declare("other", { [option]: () => 1 } as never)).toThrow(message);
});

test("the message of task() without a handler suggests declare()", () => {
  const { client } = scene();
  expect(() => client.task("other", { queue: "q" } as never)).toThrow(/call client\.declare\(\)/);
});

test("handle() rejects a definition made by task()", () => {
  const { client } = scene();
  const task = client.task("whole", () => 1);
  expect(() => client.handle(task as never, () => 2)).toThrow('"whole" already has a handler');
});

test("a declared task is typed: the schema's input at push, its output in the handler", () => {
  const { client, declared } = scene();
  expectTypeOf(declared).toEqualTypeOf<DeclaredTask<{ id: unknown }, { id: number }>>();
  expectTypeOf(declared).toExtend<TaskDefinition<{ id: unknown }, unknown>>();
  const plain = client.declare<{ id: number }>("plain");
  expectTypeOf(plain).parameters.toEqualTypeOf<[payload: { id: number }]>();
  const none = client.declare("none");
  expectTypeOf(none).toBeCallableWith();
  const typed = () => {
    client.handle(plain, (payload, { delivery }) => {
      expectTypeOf(payload).toEqualTypeOf<{ id: number }>();
      expectTypeOf(delivery).toEqualTypeOf<Delivery>();
    });
    // @ts-expect-error the handler receives a number
    client.handle(declared, (payload: { id: string }) => payload);
    const whole = client.task("whole", (_: { id: number }) => 1);
    // @ts-expect-error a definition made by task() has a handler
    client.handle(whole, (payload: { name: string }) => payload);
  };
  expect(typed).toBeTypeOf("function");
});

test("in development, a module that is evaluated again replaces its definitions", async () => {
  vi.stubEnv("NODE_ENV", "development");
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const worker = createWorker(client, { allowUnauthenticated: true });
  const run = async (task: string) => (await worker.fetch(deliveryOf({ task }))).json();
  const warned = vi.spyOn(process, "emitWarning").mockReturnValue();
  client.task("edited", { aliases: ["older"], run: () => "before" });
  client.task("edited", { run: () => "after" });
  expect(await run("edited")).toEqual({ status: "success", result: "after" });
  expect(await run("older")).toMatchObject({ status: "unknown-task" });
  const declared = client.declare("declared");
  const remove = client.handle(declared, () => "before");
  client.handle(declared, () => "after");
  remove();
  expect(await run("declared")).toEqual({ status: "success", result: "after" });
  expect(warned).not.toHaveBeenCalled();
  vi.unstubAllEnvs();
});

test("in development, two tasks of one name in two files cause a warning, and other conflicts are rejected", () => {
  vi.stubEnv("NODE_ENV", "development");
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const warned = vi.spyOn(process, "emitWarning").mockReturnValue();
  const elsewhere = (name: string) => new Function("client", "name", "client.task(name, () => 1)")(client, name);
  client.task("send-mail", () => "billing");
  for (let round = 0; round < 2; round++) elsewhere("send-mail");
  expect(warned).toHaveBeenCalledOnce();
  expect(warned.mock.calls[0]?.[0]).toMatch(
    /two task definitions are named "send-mail".+declare\.test\.ts.+the later definition is used/,
  );
  expect(() => client.task("other", { aliases: ["send-mail"], run: () => 1 })).toThrow(
    /two task definitions are named/,
  );
  const whole = client.task("whole", () => 1);
  expect(() => client.handle(whole as never, () => 2)).toThrow(/already has a handler/);
  vi.unstubAllEnvs();
});
