import assert from "node:assert/strict";
import { OnTask, type OnTaskContext } from "@cloudtask/nestjs";
import { Controller, Get, Inject, Injectable, Module, Scope } from "@nestjs/common";
import { type CloudTaskClient, type DeclaredTask, NonRetriableError } from "cloudtask";
import { z } from "zod";
import { makeClient, type NestCase, startApp } from "../support/nest-scene.ts";

interface Order {
  readonly id: number;
}

function declared(): { readonly client: CloudTaskClient; readonly charge: DeclaredTask<Order> } {
  const client = makeClient();
  return { client, charge: client.declare("charge", { input: z.object({ id: z.number() }) }) };
}

@Injectable()
class Ledger {
  readonly entries: number[] = [];
}

/** Classes with handlers, and the ways to provide them. */
export const ON_TASK_CASES: readonly NestCase[] = [
  {
    title: "a method of a provider handles its task, on NestJS's own instance, with payload and delivery",
    run: async (adapter) => {
      const { client, charge } = declared();
      class Payments {
        @Inject(Ledger) readonly ledger!: Ledger;
        @OnTask(charge)
        async charge({ id }: Order, { delivery }: OnTaskContext): Promise<string> {
          this.ledger.entries.push(id);
          return `${delivery.task} ${delivery.attempt}`;
        }
      }
      await using scene = await startApp({ client, adapter, providers: [Ledger, Payments] });
      const headers = { "X-CloudTasks-TaskRetryCount": "2" };
      assert.deepEqual(await scene.deliver("charge", { id: 7 }, headers), { status: 200, result: "charge 3" });
      assert.deepEqual(scene.app.get(Ledger).entries, [7]);
      assert.equal((await scene.deliver("charge", { id: "seven" })).status, 200);
      assert.deepEqual(scene.app.get(Ledger).entries, [7]);
    },
  },
  {
    title: "errors of a method have the same meaning as errors of a handler",
    run: async (adapter) => {
      const { client, charge } = declared();
      const give = client.declare("give-up");
      class Payments {
        @OnTask(charge)
        charge(): never {
          throw new Error("no");
        }
        @OnTask(give)
        give(): never {
          throw new NonRetriableError("never");
        }
      }
      await using scene = await startApp({ client, adapter, providers: [Payments] });
      assert.equal((await scene.deliver("charge", { id: 1 })).status, 500);
      assert.equal((await scene.deliver("give-up")).status, 200);
    },
  },
  {
    title: "a method of a controller handles a task beside its routes",
    run: async (adapter) => {
      const { client, charge } = declared();
      @Controller("orders")
      class OrdersController {
        @Get()
        list(): string {
          return "all";
        }
        @OnTask(charge)
        charge({ id }: Order): number {
          return id;
        }
      }
      await using scene = await startApp({ client, adapter, controllers: [OrdersController] });
      assert.deepEqual(await scene.deliver("charge", { id: 3 }), { status: 200, result: 3 });
      assert.equal(await (await fetch(`${scene.origin}/orders`)).text(), "all");
    },
  },
  {
    title: "a subclass inherits the handler, even if it overrides the method, and one method handles two tasks",
    run: async (adapter) => {
      const { client, charge } = declared();
      const refund = client.declare<Order>("refund");
      const log = client.declare<Order>("log");
      class Base {
        readonly name: string = "base";
        @OnTask(charge)
        @OnTask(refund)
        move({ id }: Order): string {
          return `${this.name} moves ${id}`;
        }
        @OnTask(log)
        log({ id }: Order): string {
          return `${this.name} logs ${id}`;
        }
      }
      class Derived extends Base {
        override readonly name: string = "derived";
        override move(order: Order): string {
          return `${super.move(order)}!`;
        }
      }
      await using scene = await startApp({ client, adapter, providers: [Derived] });
      assert.equal((await scene.deliver("charge", { id: 1 })).result, "derived moves 1!");
      assert.equal((await scene.deliver("refund", { id: 2 })).result, "derived moves 2!");
      assert.equal((await scene.deliver("log", { id: 3 })).result, "derived logs 3");
    },
  },
  {
    title:
      "providers with useClass, useFactory and useValue handle tasks, and a second token for one is no second handler",
    run: async (adapter) => {
      const { client, charge } = declared();
      const [refund, log] = [client.declare<Order>("refund"), client.declare<Order>("log")];
      class Charger {
        @OnTask(charge)
        run({ id }: Order): string {
          return `${this.constructor.name} ${id}`;
        }
      }
      class Refunder {
        @OnTask(refund)
        run({ id }: Order): string {
          return `${this.constructor.name} ${id}`;
        }
      }
      class Logger {
        @OnTask(log)
        run({ id }: Order): string {
          return `${this.constructor.name} ${id}`;
        }
      }
      const providers = [
        { provide: "charger", useClass: Charger },
        { provide: "again", useExisting: "charger" },
        { provide: "same", inject: ["charger"], useFactory: (charger: Charger) => charger },
        { provide: Refunder, useFactory: async () => new Refunder() },
        { provide: Logger, useValue: new Logger() },
      ];
      await using scene = await startApp({ client, adapter, providers });
      assert.equal((await scene.deliver("charge", { id: 1 })).result, "Charger 1");
      assert.equal((await scene.deliver("refund", { id: 2 })).result, "Refunder 2");
      assert.equal((await scene.deliver("log", { id: 3 })).result, "Logger 3");
    },
  },
  {
    title: "a replacement without decorators handles the tasks of the class that is its token",
    run: async (adapter) => {
      const { client, charge } = declared();
      class Payments {
        @OnTask(charge)
        charge(_: Order): string {
          return "real";
        }
      }
      const fake = { greeting: "fake", charge: ({ id }: Order) => `fake ${id}` };
      await using scene = await startApp({ client, adapter, providers: [{ provide: Payments, useValue: fake }] });
      assert.equal((await scene.deliver("charge", { id: 1 })).result, "fake 1");
    },
  },
  {
    title: "a request-scoped provider, and a provider that depends on one, is created for every delivery",
    run: async (adapter) => {
      const { client, charge } = declared();
      const refund = client.declare<Order>("refund");
      let made = 0;
      @Injectable({ scope: Scope.REQUEST })
      class Session {
        readonly number: number = ++made;
        @OnTask(charge)
        charge(): number {
          return this.number;
        }
      }
      class Refunds {
        @Inject(Session) readonly session!: Session;
        @OnTask(refund)
        refund(): number {
          return this.session.number;
        }
      }
      await using scene = await startApp({ client, adapter, providers: [Session, Refunds] });
      const results = [
        await scene.deliver("charge", { id: 1 }),
        await scene.deliver("charge", { id: 1 }),
        await scene.deliver("refund", { id: 1 }),
      ];
      assert.deepEqual(
        results.map(({ result }) => result),
        [1, 2, 3],
      );
    },
  },
  {
    title:
      "a transient provider, and a request-scoped controller of another module, have an instance for each delivery",
    run: async (adapter) => {
      const { client, charge } = declared();
      const refund = client.declare<Order>("refund");
      let made = 0;
      @Injectable({ scope: Scope.TRANSIENT })
      class Charger {
        readonly number: number = ++made;
        @OnTask(charge)
        charge(): number {
          return this.number;
        }
      }
      @Controller({ path: "refunds", scope: Scope.REQUEST })
      class Refunds {
        readonly number: number = ++made;
        @OnTask(refund)
        refund(): number {
          return this.number;
        }
      }
      @Module({ controllers: [Refunds] })
      class RefundsModule {}
      await using scene = await startApp({ client, adapter, providers: [Charger], imports: [RefundsModule] });
      const before = made;
      const results: unknown[] = [];
      for (const task of ["charge", "refund", "charge", "refund"]) {
        results.push((await scene.deliver(task, { id: 1 })).result);
      }
      assert.deepEqual(results, [before + 1, before + 2, before + 3, before + 4]);
    },
  },
  {
    title: "after the app has closed, its methods handle no tasks",
    run: async (adapter) => {
      const { client, charge } = declared();
      class Payments {
        @OnTask(charge)
        charge({ id }: Order): number {
          return id;
        }
      }
      const scene = await startApp({ client, adapter, providers: [Payments] });
      assert.equal(await charge({ id: 1 }).execute(), 1);
      await scene.app.close();
      await assert.rejects(charge({ id: 1 }).execute(), /"charge" is declared but has no handler in this process/);
      using _ = client.handle(charge, ({ id }) => id + 1);
      assert.equal(await charge({ id: 1 }).execute(), 2);
    },
  },
];
