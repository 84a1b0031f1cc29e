import assert from "node:assert/strict";
import { CloudTaskModule, fromNest, OnTask } from "@cloudtask/nestjs";
import { Injectable, Module, Scope } from "@nestjs/common";
import { Test } from "@nestjs/testing";
import { depends } from "cloudtask";
import { listen, makeClient, type NestCase, startApp } from "../support/nest-scene.ts";

/** Starting an app, and the paths and handlers it serves. */
export const LIFECYCLE_CASES: readonly NestCase[] = [
  {
    title: "handlers exist before any module's onModuleInit, and until its onModuleDestroy begins",
    run: async (adapter) => {
      const client = makeClient();
      const tick = client.declare("tick");
      class Ticker {
        @OnTask(tick)
        tick(): string {
          return "tick";
        }
        async onModuleInit(): Promise<void> {
          assert.equal(await tick().execute(), "tick");
        }
      }
      await using scene = await startApp({ client, adapter, providers: [Ticker], options: { isGlobal: false } });
      assert.equal((await scene.deliver("tick")).result, "tick");
    },
  },
  {
    title: "overrides of a testing module apply to deliveries, over HTTP and in execute()",
    run: async (adapter) => {
      const client = makeClient();
      class Mail {
        send(): string {
          return "sent";
        }
      }
      @Injectable({ scope: Scope.REQUEST })
      class Session {
        readonly name: string = "real";
      }
      const getText = depends({ mail: fromNest(Mail) }, ({ mail }) => mail.send());
      const send = client.task("send", {
        deps: { text: getText, session: fromNest(Session) },
        run: (_: undefined, { text, session }) => `${text} ${session.name}`,
      });
      @Module({ imports: [CloudTaskModule.forRoot({ client })], providers: [Mail, Session] })
      class AppModule {}
      const testing = await Test.createTestingModule({ imports: [AppModule] })
        .overrideProvider(Mail)
        .useValue({ send: () => "faked" })
        .overrideProvider(Session)
        .useClass(
          class extends Session {
            override readonly name: string = "of the test";
          },
        )
        .compile();
      await using scene = await listen(testing.createNestApplication(adapter(), { logger: false }));
      assert.equal((await scene.deliver("send")).result, "faked of the test");
      assert.equal(await send().execute(), "faked of the test");
    },
  },
  {
    title: "a testing module without HTTP runs tasks with execute() after it has started",
    run: async () => {
      const client = makeClient();
      const tick = client.declare("tick");
      class Ticker {
        @OnTask(tick)
        tick(): string {
          return "real";
        }
      }
      @Module({ imports: [CloudTaskModule.forRoot({ client })], providers: [Ticker] })
      class AppModule {}
      const builder = Test.createTestingModule({ imports: [AppModule] });
      const testing = await builder
        .overrideProvider(Ticker)
        .useValue({ tick: () => "fake" })
        .compile();
      await testing.init();
      assert.equal(await tick().execute(), "fake");
      await testing.close();
      await assert.rejects(tick().execute(), /no handler in this process/);
    },
  },
  {
    title:
      "the worker is mounted at the path of the client's url or at `path`; prefix, versions and guards of the app don't apply",
    run: async (adapter) => {
      const client = makeClient();
      client.task("echo", (payload: unknown) => payload);
      const deny = { canActivate: () => false };
      await using scene = await startApp({
        client,
        adapter,
        before: (app) => app.setGlobalPrefix("api").enableVersioning().useGlobalGuards(deny),
      });
      const large = "x".repeat(1_000_000);
      assert.deepEqual(await scene.deliver("echo", large), { status: 200, result: large });
      assert.equal((await fetch(`${scene.origin}/api/tasks/run`, { method: "POST" })).status, 404);
      assert.equal((await fetch(`${scene.origin}/tasks/run/below`, { method: "POST" })).status, 404);
    },
  },
  {
    title: "forRootAsync() creates its options from other providers",
    run: async (adapter) => {
      const client = makeClient();
      client.task("echo", (payload: unknown) => payload);
      const imports = [
        CloudTaskModule.forRootAsync({
          imports: [{ module: class ConfigModule {}, providers: [config], exports: [config] }],
          inject: ["config"],
          useFactory: async ({ path }: { path: string }) => ({ client, path }),
        }),
      ];
      @Module({ imports })
      class AppModule {}
      const testing = await Test.createTestingModule({ imports: [AppModule] }).compile();
      await using scene = await listen(testing.createNestApplication(adapter(), { logger: false }));
      assert.equal((await scene.deliver("echo", 1)).status, 404);
      const init = {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CloudTask-Secret": "s3cret-key" },
      };
      const response = await fetch(`${scene.origin}/elsewhere/`, { ...init, body: '{"task":"echo","payload":1}' });
      assert.deepEqual(await response.json(), { status: "success", result: 1 });
    },
  },
];

const config = { provide: "config", useValue: { path: "/elsewhere/" } };
