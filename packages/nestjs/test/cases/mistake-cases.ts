import assert from "node:assert/strict";
import { CloudTaskModule, OnTask } from "@cloudtask/nestjs";
import { Module, type Provider } from "@nestjs/common";
import type { AbstractHttpAdapter } from "@nestjs/core";
import type { CloudTaskClient, DeclaredTask } from "cloudtask";
import { makeApp, makeClient, type NestCase, startApp } from "../support/nest-scene.ts";

type AnyDeclared = DeclaredTask<unknown>;

/** Creates a class with one method, which handles a task. */
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

async function assertRejects(mistake: Mistake, message: RegExp): Promise<void> {
  const app = await makeApp(mistake);
  await assert.rejects(app.init(), message);
}

/** Mistakes that are rejected when the app starts, and their messages. */
export const MISTAKE_CASES: readonly NestCase[] = [
  {
    title: "two methods for one task are rejected when the app starts; the error names both",
    run: async (adapter) => {
      const client = makeClient();
      const charge = client.declare<unknown>("charge");
      const providers = [handlerOf("Payments", charge), handlerOf("Billing", charge)];
      await assertRejects(
        { client, adapter, providers },
        /@OnTask\(charge\) marks two methods.*Payments\.run \(in AppModule\) and Billing\.run \(in AppModule\)/,
      );
      await using _ = await startApp({ client, adapter, providers: [providers[0] as Provider] });
      assert.equal(await charge(1).execute(), "Payments");
    },
  },
  {
    title: "a class that two modules provide is rejected; the error says how to fix it",
    run: async (adapter) => {
      const client = makeClient();
      const Payments = handlerOf("Payments", client.declare<unknown>("charge"));
      class OtherModule {}
      Module({ providers: [Payments] })(OtherModule);
      const app = await makeApp({ client, adapter, providers: [Payments], imports: [OtherModule] });
      await assert.rejects(app.init(), /two modules provide it: provide it in one module and export it from there/);
    },
  },
  {
    title: "a definition of another client is rejected; the error names the method",
    run: async (adapter) => {
      const providers = [handlerOf("Payments", makeClient().declare<unknown>("charge"))];
      await assertRejects(
        { client: makeClient(), adapter, providers },
        /@OnTask\(charge\) on Payments\.run \(in AppModule\): .*created by declare\(\) of the same client/,
      );
    },
  },
  {
    title: "a task that already has a handler is rejected, and its handler stays",
    run: async (adapter) => {
      const client = makeClient();
      const charge = client.declare<unknown>("charge");
      client.handle(charge, () => "by hand");
      const providers = [handlerOf("Payments", charge)];
      await assertRejects({ client, adapter, providers }, /on Payments\.run \(in AppModule\): .*already has a handler/);
      assert.equal(await charge(1).execute(), "by hand");
    },
  },
  {
    title: "a second app for the same client is rejected until the first one has closed",
    run: async (adapter) => {
      const client = makeClient();
      const charge = client.declare<unknown>("charge");
      const providers = [handlerOf("Payments", charge)];
      const first = await startApp({ client, adapter, providers });
      await assertRejects(
        { client, adapter, providers },
        /another NestJS app in this process already serves this client.*app\.close/,
      );
      assert.equal((await first.deliver("charge")).result, "Payments");
      await first.app.close();
      await using second = await startApp({ client, adapter, providers });
      assert.equal((await second.deliver("charge")).result, "Payments");
    },
  },
  {
    title: "if two apps start for one client at the same time, one is rejected and the other serves",
    run: async (adapter) => {
      const client = makeClient();
      const charge = client.declare<unknown>("charge");
      const apps = await Promise.all(
        ["one", "other"].map((name) => makeApp({ client, adapter, providers: [handlerOf(name, charge)] })),
      );
      const [one, other] = await Promise.allSettled(apps.map((app) => app.init()));
      assert.deepEqual([one?.status, other?.status], ["rejected", "fulfilled"]);
      assert.match(String(one?.status === "rejected" && one.reason), /another NestJS app in this process/);
      await apps[0]?.close();
      assert.equal(await charge(1).execute(), "other");
      await apps[1]?.close();
    },
  },
  {
    title: "after a failed start the next app can serve the client, even if the failed one was not closed",
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
    title: "importing CloudTaskModule twice in one app is rejected",
    run: async (adapter) => {
      const client = makeClient();
      const imports = [CloudTaskModule.forRoot({ client: makeClient(), path: "/other" })];
      await assert.rejects(makeApp({ client, adapter, imports }), /CloudTaskModule is imported twice/);
    },
  },
  {
    title: "a wrong worker option is rejected when the app is created",
    run: async (adapter) => {
      const client = makeClient();
      const worker = { maxConcurrency: 0 };
      await assert.rejects(async () => makeApp({ client, adapter, options: { worker } }), /maxConcurrency/);
    },
  },
];
