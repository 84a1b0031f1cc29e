import assert from "node:assert/strict";
import { CloudTaskModule, OnTask } from "@cloudtask/nestjs";
import { Module, type Provider } from "@nestjs/common";
import type { AbstractHttpAdapter } from "@nestjs/core";
import type { CloudTaskClient, DeclaredTask } from "cloudtask";
import { makeApp, makeClient, type NestCase, startApp } from "../support/nest-scene.ts";

type AnyDeclared = DeclaredTask<unknown>;

/** A class with one method, which handles a task. */
function handlerOf(name: string, definition: AnyDeclared): new () => object {
  class Handler {
    @OnTask(definition)
    run(): string {
      return name;
    }
  }
  return Object.defineProperty(Handler, "name", { value: name });
}

interface Mistake {
  readonly client: CloudTaskClient;
  readonly adapter: () => AbstractHttpAdapter;
  readonly providers: Provider[];
}

async function refuses(mistake: Mistake, message: RegExp): Promise<void> {
  const app = await makeApp(mistake);
  await assert.rejects(app.init(), message);
}

/** What is refused when the app starts, and what the message says. */
export const MISTAKE_CASES: readonly NestCase[] = [
  {
    title: "two methods for one task are refused at the start, and both are named",
    run: async (adapter) => {
      const client = makeClient();
      const charge = client.declare<unknown>("charge");
      const providers = [handlerOf("Payments", charge), handlerOf("Billing", charge)];
      await refuses(
        { client, adapter, providers },
        /@OnTask\(charge\) stands on two methods.*Payments\.run \(in AppModule\) and Billing\.run \(in AppModule\)/,
      );
      await using _ = await startApp({ client, adapter, providers: [providers[0] as Provider] });
      assert.equal(await charge(1).execute(), "Payments");
    },
  },
  {
    title: "a class that two modules provide is refused, with the way out",
    run: async (adapter) => {
      const client = makeClient();
      const Payments = handlerOf("Payments", client.declare<unknown>("charge"));
      class OtherModule {}
      Module({ providers: [Payments] })(OtherModule);
      const app = await makeApp({ client, adapter, providers: [Payments], imports: [OtherModule] });
      await assert.rejects(app.init(), /it is a provider of two modules: let one provide and export it/);
    },
  },
  {
    title: "a definition of another client is refused, naming the method",
    run: async (adapter) => {
      const providers = [handlerOf("Payments", makeClient().declare<unknown>("charge"))];
      await refuses(
        { client: makeClient(), adapter, providers },
        /@OnTask\(charge\) on Payments\.run \(in AppModule\): .*made by declare\(\) of the same client/,
      );
    },
  },
  {
    title: "a task that has a handler already is refused, and the handler stays",
    run: async (adapter) => {
      const client = makeClient();
      const charge = client.declare<unknown>("charge");
      client.handle(charge, () => "by hand");
      const providers = [handlerOf("Payments", charge)];
      await refuses({ client, adapter, providers }, /on Payments\.run \(in AppModule\): .*has a handler already/);
      assert.equal(await charge(1).execute(), "by hand");
    },
  },
  {
    title: "two apps at once for one client are refused, one after the other are not",
    run: async (adapter) => {
      const client = makeClient();
      const charge = client.declare<unknown>("charge");
      const providers = [handlerOf("Payments", charge)];
      const first = await startApp({ client, adapter, providers });
      await refuses(
        { client, adapter, providers },
        /another NestJS app of this process serves this client.*app\.close/,
      );
      assert.equal((await first.deliver("charge")).result, "Payments");
      await first.app.close();
      await using second = await startApp({ client, adapter, providers });
      assert.equal((await second.deliver("charge")).result, "Payments");
    },
  },
  {
    title: "of two apps that start at the same time for one client, one is refused, and the other serves",
    run: async (adapter) => {
      const client = makeClient();
      const charge = client.declare<unknown>("charge");
      const apps = await Promise.all(
        ["one", "other"].map((name) => makeApp({ client, adapter, providers: [handlerOf(name, charge)] })),
      );
      const [one, other] = await Promise.allSettled(apps.map((app) => app.init()));
      assert.deepEqual([one?.status, other?.status], ["rejected", "fulfilled"]);
      assert.match(String(one?.status === "rejected" && one.reason), /another NestJS app of this process/);
      await apps[0]?.close();
      assert.equal(await charge(1).execute(), "other");
      await apps[1]?.close();
    },
  },
  {
    title: "an app whose start failed does not keep the client from the next one, even though nobody closed it",
    run: async (adapter) => {
      const client = makeClient();
      const charge = client.declare<unknown>("charge");
      class Broken {
        onModuleInit(): never {
          throw new Error("the database is down");
        }
      }
      const Payments = handlerOf("Payments", charge);
      const app = await makeApp({ client, adapter, providers: [Payments, Broken] });
      await assert.rejects(app.init(), /the database is down/);
      await using scene = await startApp({ client, adapter, providers: [Payments] });
      assert.equal((await scene.deliver("charge")).result, "Payments");
    },
  },
  {
    title: "CloudTaskModule twice in one app is refused",
    run: async (adapter) => {
      const client = makeClient();
      const imports = [CloudTaskModule.forRoot({ client: makeClient(), path: "/other" })];
      await assert.rejects(makeApp({ client, adapter, imports }), /CloudTaskModule is imported twice/);
    },
  },
  {
    title: "a worker that would serve anyone is refused when the app is made",
    run: async (adapter) => {
      const client = makeClient();
      const worker = { maxConcurrency: 0 };
      await assert.rejects(async () => makeApp({ client, adapter, options: { worker } }), /maxConcurrency/);
    },
  },
];
