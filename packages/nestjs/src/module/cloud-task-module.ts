import { type DynamicModule, type FactoryProvider, Inject, Module, Scope } from "@nestjs/common";
import { HttpAdapterHost, ModuleRef, ModulesContainer } from "@nestjs/core";
import { CloudTaskClient } from "cloudtask";
import { DELIVERY } from "../injection/inject-delivery.ts";
import { APP, type CloudTaskApp, createCloudTaskApp } from "./cloud-task-app.ts";
import { CloudTaskHooksModule, OppositeHooks } from "./hook-order.ts";
import {
  type CloudTaskModuleAsyncOptions,
  type CloudTaskModuleRootOptions,
  type ResolvedModuleOptions,
  readIsGlobal,
  readModuleOptions,
} from "./module-options.ts";

const OPTIONS = Symbol("cloudtask options");
const NUMBER = Symbol("cloudtask number");

let moduleCount = 0;

/**
 * Handles the tasks of a client in a NestJS app, on Express or Fastify. The module mounts the client's worker, registers methods
 * marked by `@OnTask` as handlers, resolves `fromNest()`, and lets running deliveries finish before the app closes.
 *
 * The worker runs before Nest's body parser and reads bodies itself. The worker also authenticates deliveries, so guards,
 * interceptors, pipes, filters, versions and a global prefix don't apply to them. Use `client.use()` to wrap tasks.
 *
 * The module looks for methods marked by `@OnTask` once, when the app starts. It doesn't find those of modules that
 * `LazyModuleLoader` loads later. `REQUEST` is the platform's request with all headers, including `Authorization` and the secret.
 *
 * @example
 * ```ts
 * class AppModule {}
 * Module({
 *   imports: [CloudTaskModule.forRoot({ client, closeClient: true })],
 *   providers: [PaymentsService], // with a method @OnTask(chargeCard)
 * })(AppModule);
 *
 * const app = await NestFactory.create(AppModule);
 * app.enableShutdownHooks();
 * await app.listen(8080);
 * ```
 */
export class CloudTaskModule {
  private readonly app: CloudTaskApp;

  /** @param app - injected by NestJS, which creates the instance and calls its hooks */
  constructor(app: object) {
    this.app = app as CloudTaskApp;
  }

  /**
   * Creates the module with fixed options. Import it once, in the root module.
   *
   * @param options - the client, and options of its worker
   * @throws TypeError for an option that is unknown or invalid
   *
   * @example
   * ```ts
   * Module({ imports: [CloudTaskModule.forRoot({ client })] })(AppModule);
   * ```
   */
  static forRoot({ isGlobal, ...options }: CloudTaskModuleRootOptions): DynamicModule {
    const resolved = readModuleOptions(options);
    return moduleWith({ provide: OPTIONS, useFactory: () => resolved }, isGlobal, []);
  }

  /**
   * Creates the module with options that depend on other providers. Import it once, in the root module. The client must exist before
   * the app, because decorators refer to its task definitions.
   *
   * @param options - a factory, and the providers that it needs
   * @throws TypeError for an option that is unknown or invalid; options that the factory returns are checked when the app starts
   *
   * @example
   * ```ts
   * CloudTaskModule.forRootAsync({
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ client, worker: { maxConcurrency: config.getOrThrow("TASKS") } }),
   * });
   * ```
   */
  static forRootAsync({ imports = [], inject = [], useFactory, isGlobal }: CloudTaskModuleAsyncOptions): DynamicModule {
    const options = {
      provide: OPTIONS,
      inject,
      useFactory: async (...args: Parameters<typeof useFactory>) => readModuleOptions(await useFactory(...args)),
    };
    return moduleWith(options, isGlobal, imports);
  }

  /** Registers the app's handlers with the client. */
  onModuleInit(): void {
    this.app.start();
  }

  /** Waits for running deliveries. */
  async onModuleDestroy(): Promise<void> {
    await this.app.close();
  }

  /** Closes the client, with `closeClient`. */
  async onApplicationShutdown(): Promise<void> {
    await this.app.shutDown();
  }
}
Module({})(CloudTaskModule);
Inject(APP)(CloudTaskModule, undefined, 0);

function moduleWith(
  options: FactoryProvider<ResolvedModuleOptions | Promise<ResolvedModuleOptions>>,
  isGlobal: boolean | undefined,
  imports: NonNullable<DynamicModule["imports"]>,
): DynamicModule {
  return {
    module: CloudTaskModule,
    global: readIsGlobal(isGlobal),
    imports: [...imports, CloudTaskHooksModule],
    providers: [
      options,
      // NestJS 10 treats dynamic modules as one if they serialize to the same text, as those of two clients do.
      { provide: NUMBER, useValue: ++moduleCount },
      { provide: CloudTaskClient, inject: [OPTIONS], useFactory: ({ client }: ResolvedModuleOptions) => client },
      // Replaced by the context of each delivery.
      { provide: DELIVERY, scope: Scope.REQUEST, useFactory: () => undefined },
      {
        provide: APP,
        inject: [OPTIONS, HttpAdapterHost, ModulesContainer, ModuleRef, OppositeHooks],
        useFactory: (
          resolved: ResolvedModuleOptions,
          host: HttpAdapterHost,
          modules: ModulesContainer,
          moduleRef: ModuleRef,
          oppositeHooks: OppositeHooks,
        ): CloudTaskApp => createCloudTaskApp(resolved, { host, modules, moduleRef, oppositeHooks }),
      },
    ],
    exports: [CloudTaskClient, DELIVERY],
  };
}
