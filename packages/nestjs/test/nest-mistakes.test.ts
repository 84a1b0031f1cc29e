import "reflect-metadata";
import { CloudTaskModule, type CloudTaskModuleRootOptions, fromNest, OnTask } from "@cloudtask/nestjs";
import { Module } from "@nestjs/common";
import { AbstractHttpAdapter, NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { CloudTaskClient } from "cloudtask";
import { expect, test } from "vitest";
import { z } from "zod";

const client = new CloudTaskClient({ url: "http://worker.test/tasks/run", secret: "s3cret" });
const rootClient = new CloudTaskClient({ url: "http://worker.test", secret: "s3cret" });
const charge = client.declare("charge", { input: z.object({ id: z.number(), due: z.coerce.date() }) });
const tick = client.declare("tick");

test.each([
  ["no client", {}, /expected a CloudTaskClient made by this copy/],
  ["an unknown option", { client, paths: "/x" }, /CloudTaskModule: unknown option "paths"; did you mean "path"\?/],
  [
    "a path that routers read as a pattern",
    { client, path: "/tasks/:id" },
    /path must be a path of letters.*"\/tasks\/:id"/,
  ],
  ["a path without a slash", { client, path: "tasks" }, /such as "\/tasks\/run", received "tasks"/],
  [
    "a url without a path",
    { client: rootClient },
    /the client's url "http:\/\/worker.test\/?" has no path, .*say path: "\/"/,
  ],
  ["closeClient as text", { client, closeClient: "yes" }, /closeClient must be true or false/],
  ["an unknown worker option", { client, worker: { limit: 1 } }, /createWorker\(\): unknown option "limit"/],
  ["a grace that is none", { client, grace: "soon" }, /CloudTaskModule: grace/],
  ["isGlobal as text", { client, isGlobal: "false" }, /isGlobal must be true or false, received string/],
])("forRoot() refuses %s at once", (_, options, message) => {
  expect(() => CloudTaskModule.forRoot(options as CloudTaskModuleRootOptions)).toThrow(message);
});

test("a platform that is neither Express nor Fastify is refused, with another way to mount the worker", async () => {
  class OtherAdapter extends ExpressAdapter {
    override getType(): string {
      return "hapi";
    }
  }
  @Module({ imports: [CloudTaskModule.forRoot({ client })] })
  class AppModule {}
  expect(new OtherAdapter()).toBeInstanceOf(AbstractHttpAdapter);
  const making = NestFactory.create(AppModule, new OtherAdapter(), { logger: false, abortOnError: false });
  await expect(making).rejects.toThrow(/express or fastify, received "hapi".*cloudTaskListener/);
});

test("a worker that nothing would protect is refused where a testing module's app starts", async () => {
  const open = new CloudTaskClient({ url: "http://worker.test/tasks/run" });
  @Module({ imports: [CloudTaskModule.forRoot({ client: open })] })
  class AppModule {}
  const { Test } = await import("@nestjs/testing");
  const testing = await Test.createTestingModule({ imports: [AppModule] }).compile();
  const app = testing.createNestApplication({ logger: false });
  await expect(app.init()).rejects.toThrow(/allowUnauthenticated/);
});

test("@OnTask() refuses what is no declared definition, and what is no method of instances", () => {
  expect(() => OnTask(undefined as never)).toThrow(/made by client\.declare\(\), received undefined; .* in a circle/);
  const decorate = OnTask(tick) as (...given: readonly unknown[]) => void;
  const message = /@OnTask\(tick\): it stands on a method of instances, compiled with `experimentalDecorators`/;
  expect(() => decorate(class {}, "run", {})).toThrow(message);
  expect(() => decorate(() => 1, { kind: "method", name: "run" })).toThrow(message);
});

test("a method must take what the schema gives out", () => {
  class Payments {
    @OnTask(charge)
    exact({ id, due }: { id: number; due: Date }): string {
      return `${id} ${due.toISOString()}`;
    }
    @OnTask(charge)
    wider(_: { id: number | string }): void {}
    @OnTask(charge)
    none(): void {}
    // @ts-expect-error the schema gives out a Date, not text
    @OnTask(charge)
    input(_: { id: number; due: string }): void {}
    // @ts-expect-error there is no `amount`
    @OnTask(charge)
    more(_: { id: number; due: Date; amount: number }): void {}
    // @ts-expect-error what comes second is { delivery }
    @OnTask(charge)
    second(_: unknown, __: { orders: unknown }): void {}
    // @ts-expect-error it is given no payload
    @OnTask(tick)
    unasked(_: { id: number }): void {}
  }
  expect(new Payments().exact({ id: 1, due: new Date(0) })).toBe("1 1970-01-01T00:00:00.000Z");
});

test("fromNest() provides what its token says", () => {
  abstract class Clock {
    abstract now(): number;
  }
  client.task("types", {
    deps: { clock: fromNest(Clock), size: fromNest<number>("size"), unknown: fromNest(Symbol("unknown")) },
    run: (_: undefined, deps) => {
      const now: number = deps.clock.now();
      const size: number = deps.size;
      // @ts-expect-error nobody said what it is
      const text: string = deps.unknown;
      return [now, size, text];
    },
  });
  expect(fromNest(Clock)).toBe(fromNest(Clock));
});
