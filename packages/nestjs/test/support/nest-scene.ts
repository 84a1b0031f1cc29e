import { CloudTaskModule, type CloudTaskModuleRootOptions } from "@cloudtask/nestjs";
import { type INestApplication, Module, type ModuleMetadata } from "@nestjs/common";
import { type AbstractHttpAdapter, NestFactory } from "@nestjs/core";
import { CloudTaskClient } from "cloudtask";

/** A behaviour of a NestJS app, on either platform and in any version. It needs no test runner. */
export interface NestCase {
  /** A sentence. */
  readonly title: string;
  /** Throws where the app does not behave. */
  readonly run: (adapter: () => AbstractHttpAdapter) => Promise<void>;
}

/** An answer, read whole. */
export interface NestAnswer {
  readonly status: number;
  readonly result: unknown;
}

/** An app that listens. */
export interface NestScene extends AsyncDisposable {
  readonly app: INestApplication;
  readonly origin: string;
  /** Delivers a task over HTTP. */
  deliver(task: string, payload?: unknown, headers?: Readonly<Record<string, string>>): Promise<NestAnswer>;
}

interface SceneOptions extends ModuleMetadata {
  readonly client: CloudTaskClient;
  readonly adapter: () => AbstractHttpAdapter;
  readonly options?: Omit<CloudTaskModuleRootOptions, "client">;
  /** Before the app starts. */
  readonly before?: (app: INestApplication) => unknown;
}

export function makeClient(): CloudTaskClient {
  return new CloudTaskClient({ url: "http://worker.test/tasks/run", secret: "s3cret" });
}

/** Makes an app of a module with `CloudTaskModule`, not started yet. */
export async function makeApp({
  client,
  adapter,
  options,
  before: _,
  ...module
}: SceneOptions): Promise<INestApplication> {
  class AppModule {}
  const imports = [CloudTaskModule.forRoot({ client, ...options }), ...(module.imports ?? [])];
  Module({ ...module, imports })(AppModule);
  return NestFactory.create(AppModule, adapter(), { logger: false, abortOnError: false });
}

export async function startApp(options: SceneOptions): Promise<NestScene> {
  const app = await makeApp(options);
  await options.before?.(app);
  return listen(app);
}

/** Starts an app, and closes it where it does not start. */
export async function listen(app: INestApplication): Promise<NestScene> {
  await app.listen(0, "127.0.0.1");
  const origin = await app.getUrl();
  return {
    app,
    origin,
    deliver: async (task, payload, headers = {}) => {
      const response = await fetch(`${origin}/tasks/run`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CloudTask-Secret": "s3cret", ...headers },
        body: JSON.stringify({ task, payload }),
      });
      const { result } = (await response.json()) as { readonly result?: unknown };
      return { status: response.status, result };
    },
    [Symbol.asyncDispose]: () => app.close(),
  };
}
