import "reflect-metadata";
import { CloudTaskModule, type CloudTaskModuleRootOptions, fromNest, OnTask } from "@cloudtask/nestjs";
import { type INestApplication, Module } from "@nestjs/common";
import { AbstractHttpAdapter, NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { CloudTaskClient } from "cloudtask";
import { expect, test } from "vitest";
import { z } from "zod";

const client = new CloudTaskClient({ url: "http://worker.test/tasks/run", secret: "s3cret-key" });
const rootClient = new CloudTaskClient({ url: "http://worker.test", secret: "s3cret-key" });
const charge = client.declare("charge", { input: z.object({ id: z.number(), due: z.coerce.date() }) });
const tick = client.declare("tick");

test.each([
  ["a missing client", {}, /expected a CloudTaskClient created by this copy/],
  ["an unknown option", { client, paths: "/x" }, /CloudTaskModule: unknown option "paths"; did you mean "path"\?/],
  [
    "a path that routers read as a pattern",
    { client, path: "/tasks/:id" },
    /path must start with "\/" and contain only letters.*"\/tasks\/:id"/,
  ],
  ["a path without a slash", { client, path: "tasks" }, /such as "\/tasks\/run"\), received "tasks"/],
  ["closeClient as text", { client, closeClient: "yes" }, /closeClient must be true or false/],
  ["an unknown worker option", { client, worker: { limit: 1 } }, /createWorker\(\): unknown option "limit"/],
  ["a wrong grace", { client, grace: "soon" }, /CloudTaskModule: grace/],
  ["isGlobal as text", { client, isGlobal: "false" }, /isGlobal must be true or false, received string/],
])("forRoot() rejects %s at once", (_, options, message) => {
  expect(() => CloudTaskModule.forRoot(options as CloudTaskModuleRootOptions)).toThrow(message);
});

test("a client whose url has no path is rejected when the app is created, unless `path` is set", async () => {
  const create = (options: Partial<CloudTaskModuleRootOptions>): Promise<INestApplication> => {
    class AppModule {}
    Module({ imports: [CloudTaskModule.forRoot({ client: rootClient, ...options })] })(AppModule);
    return NestFactory.create(AppModule, { logger: false, abortOnError: false });
  };
  await expect(create({})).rejects.toThrow(
    /the client's url "http:\/\/worker.test\/?" has no path, .*set path: "\/" if the app has no route there/,
  );
  await expect(create({ path: "/" })).resolves.toBeDefined();
});

test("a platform other than Express and Fastify is rejected; the error says how to mount the worker there", async () => {
  class OtherAdapter extends ExpressAdapter {
    override getType(): string {
      return "hapi";
    }
  }
  @Module({ imports: [CloudTaskModule.forRoot({ client })] })
  class AppModule {}
  expect(new OtherAdapter()).toBeInstanceOf(AbstractHttpAdapter);
  const making = NestFactory.create(AppModule, new OtherAdapter(), { logger: false, abortOnError: false });
  await expect(making).rejects.toThrow(/must be express or fastify, received "hapi".*cloudTaskListener/);
});

test("a client without a service account and a secret is rejected when a testing module's app starts", async () => {
  const open = new CloudTaskClient({ url: "http://worker.test/tasks/run" });
  @Module({ imports: [CloudTaskModule.forRoot({ client: open })] })
  class AppModule {}
  const { Test } = await import("@nestjs/testing");
  const testing = await Test.createTestingModule({ imports: [AppModule] }).compile();
  const app = testing.createNestApplication({ logger: false });
  await expect(app.init()).rejects.toThrow(/allowUnauthenticated/);
});

test("@OnTask() rejects values that are no definition, and members that are no methods of instances", () => {
  expect(() => OnTask(undefined as never)).toThrow(
    /created by client\.declare\(\), received undefined\. With circular imports/,
  );
  const decorate = OnTask(tick) as (...given: readonly unknown[]) => void;
  const message = /@OnTask\(tick\): decorate a method that is not static, and compile it with `experimentalDecorators`/;
  expect(() => decorate(class {}, "run", {})).toThrow(message);
  expect(() => decorate(() => 1, { kind: "method", name: "run" })).toThrow(message);
});

test("a method must accept the output of the schema", () => {
  class Payments {
    @OnTask(charge)
    exact({ id, due }: { id: number; due: Date }): string {
      return `${id} ${due.toISOString()}`;
    }
    @OnTask(charge)
    wider(_: { id: number | string }): void {}
    @OnTask(charge)
    none(): void {}
    // @ts-expect-error the schema's output is a Date, not a string
    @OnTask(charge)
    input(_: { id: number; due: string }): void {}
    // @ts-expect-error there is no `amount`
    @OnTask(charge)
    more(_: { id: number; due: Date; amount: number }): void {}
    // @ts-expect-error the second parameter is { delivery }
    @OnTask(charge)
    second(_: unknown, __: { orders: unknown }): void {}
    // @ts-expect-error the task has no payload
    @OnTask(tick)
    unasked(_: { id: number }): void {}
  }
  expect(new Payments().exact({ id: 1, due: new Date(0) })).toBe("1 1970-01-01T00:00:00.000Z");
});

test("fromNest() has the type of its token", () => {
  abstract class Clock {
    abstract now(): number;
  }
  client.task("types", {
    deps: { clock: fromNest(Clock), size: fromNest<number>("size"), unknown: fromNest(Symbol("unknown")) },
    run: (_: undefined, deps) => {
      const now: number = deps.clock.now();
      const size: number = deps.size;
      // @ts-expect-error the type is unknown
      const text: string = deps.unknown;
      return [now, size, text];
    },
  });
  expect(fromNest(Clock)).toBe(fromNest(Clock));
});
