import assert from "node:assert/strict";
import { fromNest } from "@cloudtask/nestjs";
import { Inject, Injectable, Scope } from "@nestjs/common";
import { REQUEST } from "@nestjs/core";
import { makeClient, type NestCase, startApp } from "../support/nest-scene.ts";

/** The names of disposed instances, in order. */
let log: string[] = [];

class Logged implements Disposable {
  [Symbol.dispose](): void {
    log.push(this.constructor.name);
  }
}

@Injectable()
class Pool extends Logged {}

@Injectable({ scope: Scope.REQUEST })
class Session extends Logged {
  @Inject(Pool) readonly pool!: Pool;
}

@Injectable({ scope: Scope.TRANSIENT })
class Cursor extends Logged {
  @Inject(Session) readonly session!: Session;
}

@Injectable({ scope: Scope.REQUEST })
class Orders implements AsyncDisposable {
  @Inject(Session) readonly session!: Session;
  @Inject(Cursor) readonly cursor!: Cursor;
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.resolve();
    log.push("Orders");
  }
}

@Injectable({ scope: Scope.REQUEST })
class Service extends Logged {
  @Inject(Orders) readonly orders!: Orders;
  @Inject(Cursor) readonly cursor!: Cursor;
}

@Injectable({ scope: Scope.REQUEST })
class Unused extends Logged {}

const providers = [Pool, Session, Cursor, Orders, Service, Unused];

/** Disposal of a delivery's instances. */
export const DISPOSE_CASES: readonly NestCase[] = [
  {
    title: "a delivery's instances are disposed once, dependents first; singletons and unused providers are not",
    run: async (adapter) => {
      log = [];
      const client = makeClient();
      client.task("work", {
        deps: { session: fromNest(Session), service: fromNest(Service) },
        run: () => void log.push("handler"),
      });
      await using scene = await startApp({ client, adapter, providers });
      assert.equal((await scene.deliver("work")).status, 200);
      const [first, second, ...rest] = log;
      assert.deepEqual([first, second, rest.at(-1)], ["handler", "Service", "Session"]);
      assert.deepEqual(rest.toSorted(), ["Cursor", "Cursor", "Orders", "Session"]);
      assert.ok(log.indexOf("Orders") < log.lastIndexOf("Cursor"));
    },
  },
  {
    title: "instances are disposed when the handler fails, after the dependencies outside NestJS that use them",
    run: async (adapter) => {
      log = [];
      const client = makeClient();
      client.task("fail", {
        deps: { session: fromNest(Session) },
        run: () => Promise.reject(new Error("no")),
      });
      await using scene = await startApp({ client, adapter, providers });
      assert.equal((await scene.deliver("fail")).status, 500);
      assert.deepEqual(log, ["Session"]);
    },
  },
  {
    title: "a failed disposal fails the delivery, and the other instances are still disposed",
    run: async (adapter) => {
      log = [];
      const client = makeClient();
      @Injectable({ scope: Scope.REQUEST })
      class Broken implements AsyncDisposable {
        @Inject(Session) readonly session!: Session;
        async [Symbol.asyncDispose](): Promise<void> {
          throw new Error("the commit failed");
        }
      }
      @Injectable({ scope: Scope.REQUEST })
      class AlsoBroken extends Broken {}
      const one = client.task("one", { deps: { broken: fromNest(Broken) }, run: () => "done" });
      const both = client.task("both", {
        deps: { broken: fromNest(Broken), also: fromNest(AlsoBroken) },
        run: () => "done",
      });
      await using scene = await startApp({ client, adapter, providers: [...providers, Broken, AlsoBroken] });
      assert.equal((await scene.deliver("one")).status, 500);
      await assert.rejects(one().execute(), { code: "TEARDOWN_FAILED", message: /the commit failed/ });
      await assert.rejects(both().execute(), /several providers failed to dispose: .*Broken, .*Broken/);
      assert.deepEqual(log, ["Session", "Session", "Session"]);
    },
  },
  {
    title: "if one instance cannot be created, finished and unfinished ones are disposed",
    run: async (adapter) => {
      log = [];
      const client = makeClient();
      const slow = {
        provide: "slow",
        scope: Scope.REQUEST,
        inject: [Session],
        useFactory: async () => {
          await new Promise((resolve) => setTimeout(resolve, 20));
          return Object.assign(new Logged(), { constructor: { name: "slow" } });
        },
      };
      const broken = {
        provide: "broken",
        scope: Scope.REQUEST,
        useFactory: () => Promise.reject(new Error("no connection")),
      };
      @Injectable({ scope: Scope.REQUEST })
      class Service {
        @Inject("slow") readonly slow!: unknown;
        @Inject("broken") readonly broken!: unknown;
      }
      const task = client.task("work", { deps: { service: fromNest(Service) }, run: () => "done" });
      await using _ = await startApp({
        client,
        adapter,
        providers: [Pool, Session, slow, broken, Service],
        options: { disposeFactories: ["slow"] },
      });
      await assert.rejects(task().execute(), /no connection/);
      assert.deepEqual(log, ["slow", "Session"]);
    },
  },
  {
    title: "values of request-scoped factories are disposed only if `disposeFactories` lists the factory",
    run: async (adapter) => {
      log = [];
      const client = makeClient();
      const cached = new (class Cached extends Logged {})();
      const handedOn = [
        { provide: "pool", scope: Scope.REQUEST, inject: [Pool], useFactory: (pool: Pool) => pool },
        { provide: "request", scope: Scope.REQUEST, inject: [REQUEST], useFactory: (request: object) => request },
        { provide: "tenant", scope: Scope.REQUEST, useFactory: () => cached },
        { provide: "fresh", scope: Scope.REQUEST, useFactory: () => new (class Fresh extends Logged {})() },
        { provide: "session", inject: [Session], useFactory: (session: unknown) => session },
      ];
      const [pool, request, tenant, fresh, session] = handedOn.map(({ provide }) => fromNest(provide));
      assert.ok(pool && request && tenant && fresh && session);
      const service = fromNest(Service);
      client.task("work", { deps: { pool, request, tenant, fresh, session, service }, run: () => "done" });
      await using scene = await startApp({
        client,
        adapter,
        providers: [...providers, ...handedOn],
        options: { disposeFactories: ["fresh"] },
      });
      assert.deepEqual(await scene.deliver("work"), { status: 200, result: "done" });
      assert.equal(log.at(-1), "Session");
      assert.deepEqual(log.toSorted(), ["Cursor", "Cursor", "Fresh", "Orders", "Service", "Session"]);
    },
  },
];
