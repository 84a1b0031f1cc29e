import assert from "node:assert/strict";
import { fromNest, InjectClient, InjectDelivery } from "@cloudtask/nestjs";
import { Controller, Get, Inject, Injectable, Scope } from "@nestjs/common";
import { type ContextId, ContextIdFactory, type HostComponentInfo, ModuleRef, REQUEST } from "@nestjs/core";
import type { CloudTaskClient, Delivery } from "cloudtask";
import { makeClient, type NestCase, startApp } from "../support/nest-scene.ts";

/** The part that requests of Express, Fastify and the web have in common. */
interface AnyRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly get?: unknown;
  readonly raw?: object;
}

@Injectable({ scope: Scope.REQUEST })
class Session {}

@Injectable({ scope: Scope.REQUEST })
class Facts {
  @Inject(REQUEST) readonly request!: AnyRequest;
  @InjectDelivery() readonly delivery: Delivery | undefined;
  @InjectClient() readonly client!: CloudTaskClient;
  @Inject(ModuleRef) readonly moduleRef!: ModuleRef;
  @Inject(Session) readonly session!: Session;
  readonly again: CloudTaskClient;

  constructor(again: CloudTaskClient) {
    this.again = again;
  }

  /** The documented way of NestJS to get a provider's own sub-tree. */
  late(): Promise<Session> {
    return this.moduleRef.resolve(Session, ContextIdFactory.getByRequest(this.request));
  }
}

InjectClient()(Facts, undefined, 0);

@Controller("facts")
class FactsController {
  @Inject(Facts) readonly facts!: Facts;

  @Get()
  tell(): unknown {
    const { request, delivery, client, again } = this.facts;
    return { express: "get" in request, fastify: "raw" in request, same: client === again, delivery: typeof delivery };
  }
}

@Injectable({ scope: Scope.REQUEST, durable: true })
class Tenant {}

/** One tree of instances per tenant, as in NestJS's documentation of durable providers. */
class ByTenant {
  readonly trees: Map<string, ContextId> = new Map();
  attach(contextId: ContextId, request: AnyRequest): (info: HostComponentInfo) => ContextId {
    const tenant = String(request.headers["x-tenant"]);
    const tree = this.trees.get(tenant) ?? ContextIdFactory.create();
    this.trees.set(tenant, tree);
    return ({ isTreeDurable }) => (isTreeDurable ? tree : contextId);
  }
}

/** Injection into request-scoped providers, and access to other instances of the same delivery. */
export const CONTEXT_CASES: readonly NestCase[] = [
  {
    title: "REQUEST is the platform's request, as in a controller; the delivery and the client can be injected",
    run: async (adapter) => {
      const client = makeClient();
      client.task("tell", {
        deps: { facts: fromNest(Facts) },
        run: (_: undefined, { facts: { request, delivery, client: given, again } }) => ({
          express: "get" in request,
          fastify: "raw" in request,
          header: request.headers["x-own"],
          attempt: delivery?.attempt,
          same: given === client && again === client,
        }),
      });
      await using scene = await startApp({
        client,
        adapter,
        controllers: [FactsController],
        providers: [Session, Facts],
      });
      const { delivery, ...routed } = await (await fetch(`${scene.origin}/facts`)).json();
      assert.equal(delivery, "undefined");
      const { result } = await scene.deliver("tell", undefined, { "X-Own": "yes", "X-CloudTasks-TaskRetryCount": "4" });
      assert.deepEqual(result, { ...routed, header: "yes", attempt: 5 });
      assert.equal(routed.express !== routed.fastify && routed.same, true);
    },
  },
  {
    title: "in execute(), REQUEST is the delivery's web request",
    run: async (adapter) => {
      const client = makeClient();
      const tell = client.task("tell", {
        deps: { facts: fromNest(Facts) },
        run: (_: undefined, { facts }) => [facts.request instanceof Request, facts.delivery?.task],
      });
      await using _ = await startApp({ client, adapter, providers: [Session, Facts] });
      assert.deepEqual(await tell().execute(), [true, "tell"]);
    },
  },
  {
    title:
      "ContextIdFactory.getByRequest() returns a provider's own sub-tree, also in middleware after the handler has run",
    run: async (adapter) => {
      const client = makeClient();
      client.use(async (delivery, next) => {
        const facts = await delivery.use(fromNest(Facts));
        return [await next(), (await facts.late()) === facts.session];
      });
      client.task("late", {
        deps: { facts: fromNest(Facts) },
        run: async (_: undefined, { facts }) => (await facts.late()) === facts.session,
      });
      await using scene = await startApp({ client, adapter, providers: [Session, Facts] });
      assert.deepEqual(
        [await scene.deliver("late"), await scene.deliver("late")].map(({ result }) => result),
        [
          [true, true],
          [true, true],
        ],
      );
    },
  },
  {
    title: "REQUEST has the payload of the app's strategy for durable providers, as in a controller",
    run: async (adapter) => {
      const client = makeClient();
      client.task("tell", {
        deps: { facts: fromNest(Facts) },
        run: (_: undefined, { facts }) => [facts.delivery?.task, Reflect.get(facts.request, "tenant")],
      });
      ContextIdFactory.apply({
        attach: (contextId: ContextId) => ({ resolve: () => contextId, payload: { tenant: "ada" } }),
      });
      try {
        await using scene = await startApp({ client, adapter, providers: [Session, Facts] });
        assert.deepEqual((await scene.deliver("tell")).result, ["tell", "ada"]);
      } finally {
        ContextIdFactory.apply(undefined as never);
      }
    },
  },
  {
    title: "durable providers stay in the tree that the app's strategy selects, and are not disposed",
    run: async (adapter) => {
      const client = makeClient();
      const seen: unknown[] = [];
      let disposed = 0;
      @Injectable({ scope: Scope.REQUEST, durable: true })
      class Pool extends Tenant implements Disposable {
        [Symbol.dispose](): void {
          disposed += 1;
        }
      }
      client.task("tenant", {
        deps: { pool: fromNest(Pool), session: fromNest(Session) },
        run: (_: undefined, { pool, session }) => void seen.push(pool, session),
      });
      ContextIdFactory.apply(new ByTenant());
      try {
        await using scene = await startApp({ client, adapter, providers: [Pool, Session] });
        for (const tenant of ["a", "b", "a"]) await scene.deliver("tenant", undefined, { "X-Tenant": tenant });
      } finally {
        ContextIdFactory.apply(undefined as never);
      }
      const [a, , b, , again] = seen;
      assert.equal(a, again);
      assert.equal(new Set(seen).size, 5);
      assert.ok(a instanceof Pool && b instanceof Pool && a !== b);
      assert.equal(disposed, 0);
    },
  },
];
