import { CloudTaskModule, type CloudTaskModuleRootOptions } from "@cloudtask/nestjs";
import { type INestApplication, Module, type ModuleMetadata } from "@nestjs/common";
import { type AbstractHttpAdapter, NestFactory } from "@nestjs/core";
import { CloudTaskClient } from "cloudtask";

/** A behaviour of a NestJS app, on either platform and in any version. It needs no test runner. */
export interface NestCase {
  /** A sentence. */
  readonly title: string;
  /** Throws if the app does not behave as the title says. */
  readonly run: (adapter: () => AbstractHttpAdapter) => Promise<void>;
}

/** An answer with its result. */
export interface NestAnswer {
  readonly status: number;
  readonly result: unknown;
}

/** An app that accepts connections. */
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
  /** Called before the app starts. */
  readonly before?: (app: INestApplication) => unknown;
}

export function makeClient(): CloudTaskClient {
  return new CloudTaskClient({ url: "http://worker.test/tasks/run", secret: "s3cret-key" });
}

/** Creates an app that imports `CloudTaskModule`, not started yet. */
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

/** Starts an app on a free port. */
export async function listen(app: INestApplication): Promise<NestScene> {
  await app.listen(0, "127.0.0.1");
  const origin = await app.getUrl();
  return {
    app,
    origin,
    deliver: async (task, payload, headers = {}) => {
      const response = await fetch(`${origin}/tasks/run`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CloudTask-Secret": "s3cret-key", ...headers },
        body: JSON.stringify({ task, payload }),
      });
      const { result } = (await response.json()) as { readonly result?: unknown };
      return { status: response.status, result };
    },
    [Symbol.asyncDispose]: () => app.close(),
  };
}
