import assert from "node:assert/strict";
import { fromNest } from "@cloudtask/nestjs";
import { Inject, Injectable, Scope } from "@nestjs/common";
import { CloudTaskClient, depends } from "cloudtask";
import { makeClient, type NestCase, startApp } from "../support/nest-scene.ts";

abstract class Clock {
  abstract now(): number;
}

class FixedClock extends Clock {
  override now(): number {
    return 42;
  }
}

const COLOR = Symbol("color");

@Injectable({ scope: Scope.REQUEST })
class Session {}

@Injectable({ scope: Scope.REQUEST })
class Orders {
  @Inject(Session) readonly session!: Session;
}

@Injectable({ scope: Scope.TRANSIENT })
class Ticket {
  @Inject(Session) readonly session!: Session;
}

/** Providers of an app in handlers outside it. */
export const FROM_NEST_CASES: readonly NestCase[] = [
  {
    title: "fromNest() accepts a class, an abstract class, a string and a symbol, and provides NestJS's own singletons",
    run: async (adapter) => {
      const client = makeClient();
      const deps = {
        fixed: fromNest(FixedClock),
        clock: fromNest(Clock),
        size: fromNest<number>("size"),
        color: fromNest<string>(COLOR),
      };
      const seen: unknown[] = [];
      client.task("look", {
        deps,
        run: (_: undefined, { fixed, clock, size, color }) => {
          seen.push(fixed);
          return [clock.now(), size + 1, color.toUpperCase()];
        },
      });
      const providers = [
        FixedClock,
        { provide: Clock, useExisting: FixedClock },
        { provide: "size", useValue: 1 },
        { provide: COLOR, useFactory: async () => "red" },
      ];
      await using scene = await startApp({ client, adapter, providers });
      assert.deepEqual((await scene.deliver("look")).result, [42, 2, "RED"]);
      assert.equal(seen[0], scene.app.get(FixedClock));
      assert.equal(fromNest(FixedClock), deps.fixed);
    },
  },
  {
    title: "all uses of fromNest() in a delivery share its request-scoped instances; other deliveries have their own",
    run: async (adapter) => {
      const client = makeClient();
      const sessions: Session[] = [];
      const getBoth = depends({ orders: fromNest(Orders) }, ({ orders }) => orders.session);
      client.task("share", {
        deps: { orders: fromNest(Orders), session: fromNest(Session), ticket: fromNest(Ticket), both: getBoth },
        run: async (_: undefined, { orders, session, ticket, both, delivery }) => {
          const late = await delivery.use(fromNest(Session));
          sessions.push(session);
          return [orders.session, ticket.session, both, late].every((each) => each === session);
        },
      });
      await using scene = await startApp({ client, adapter, providers: [Session, Orders, Ticket] });
      const answers = await Promise.all([1, 2, 3].map(() => scene.deliver("share")));
      assert.deepEqual(
        answers.map(({ result }) => result),
        [true, true, true],
      );
      assert.equal(new Set(sessions).size, 3);
    },
  },
  {
    title: "fromNest() works in execute() and in eager mode while the app runs, and otherwise throws a helpful error",
    run: async (adapter) => {
      const client = new CloudTaskClient({
        url: "http://worker.test/tasks/run",
        secret: "s3cret-key",
        eager: "immediate",
      });
      let ran = 0;
      const tick = client.task("tick", {
        deps: { clock: fromNest(Clock) },
        run: (_: undefined, { clock }) => {
          ran += 1;
          return clock.now();
        },
      });
      await assert.rejects(tick().execute(), /fromNest\(\): no NestJS app is running for this client/);
      const scene = await startApp({ client, adapter, providers: [{ provide: Clock, useClass: FixedClock }] });
      assert.equal(await tick().execute(), 42);
      await tick().push();
      assert.equal(ran, 2);
      await scene.app.close();
      await assert.rejects(tick().execute(), TypeError);
    },
  },
  {
    title: "client.override() replaces fromNest(), with and without an app",
    run: async (adapter) => {
      const client = makeClient();
      const tick = client.task("tick", {
        deps: { clock: fromNest(Clock) },
        run: (_: undefined, { clock }) => clock.now(),
      });
      const undo = client.override(fromNest(Clock), { now: () => 1 });
      assert.equal(await tick().execute(), 1);
      await using scene = await startApp({ client, adapter, providers: [{ provide: Clock, useClass: FixedClock }] });
      assert.equal((await scene.deliver("tick")).result, 1);
      undo();
      assert.equal((await scene.deliver("tick")).result, 42);
    },
  },
  {
    title: "a token that no module provides fails the delivery; the error names it",
    run: async (adapter) => {
      const client = makeClient();
      const task = client.task("miss", { deps: { missing: fromNest("nowhere") }, run: () => 1 });
      await using _ = await startApp({ client, adapter });
      await assert.rejects(task().execute(), /nowhere/);
      assert.throws(
        () => fromNest(undefined as never),
        /the token must be a class, a string or a symbol, received undefined/,
      );
    },
  },
  {
    title: "middleware and hooks have request-scoped instances of their own",
    run: async (adapter) => {
      const client = makeClient();
      const seen: Session[] = [];
      client.use(async (delivery, next) => {
        seen.push(await delivery.use(fromNest(Session)));
        const result = await next();
        seen.push(await delivery.use(fromNest(Session)));
        return result;
      });
      client.task("share", {
        deps: { orders: fromNest(Orders) },
        run: (_: undefined, { orders }) => void seen.push(orders.session),
        onSuccess: async ({ delivery }) => void seen.push(await delivery.use(fromNest(Session))),
      });
      await using scene = await startApp({ client, adapter, providers: [Session, Orders] });
      assert.equal((await scene.deliver("share")).status, 200);
      const [before, handler, after, hook] = seen;
      assert.equal(before, after);
      assert.equal(new Set([before, handler, hook]).size, 3);
    },
  },
];
