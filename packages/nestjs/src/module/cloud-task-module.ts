import { type DynamicModule, type FactoryProvider, Inject, Module, Scope } from "@nestjs/common";
import { HttpAdapterHost, ModuleRef, ModulesContainer } from "@nestjs/core";
import { CloudTaskClient } from "cloudtask";
import { DELIVERY } from "../injection/inject-delivery.ts";
import { APP, type CloudTaskApp, createCloudTaskApp } from "./cloud-task-app.ts";
import { CloudTaskHooksModule, EndOfHooks } from "./hook-order.ts";
import {
  type CloudTaskModuleAsyncOptions,
  type CloudTaskModuleRootOptions,
  type ResolvedModuleOptions,
  readIsGlobal,
  readModuleOptions,
} from "./module-options.ts";

const OPTIONS = Symbol("cloudtask options");
const NUMBER = Symbol("cloudtask number");

/** How many modules were made. */
let made = 0;

/**
 * Serves the tasks of a client in a NestJS app, on Express or Fastify: mounts its worker, makes methods marked by `@OnTask`
 * its handlers, resolves `fromNest()`, and finishes running deliveries before the app closes.
 *
 * The worker stands before Nest's body parser and reads bodies itself. A delivery authenticates itself, so guards,
 * interceptors, pipes, filters, versions and a global prefix do not apply to it: `client.use()` is what stands around tasks.
 *
 * Methods marked by `@OnTask` are looked for once, when the app starts: those of modules that `LazyModuleLoader` loads later
 * are not found. `REQUEST` is the platform's request, with all headers, `Authorization` and the secret among them.
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

  /** @param app - given by Nest, which makes the instance, and calls its hooks */
  constructor(app: CloudTaskApp) {
    this.app = app;
  }

  /**
   * @param options - which client, and how its worker behaves
   * @returns the module, for `imports` of the root module, once
   * @throws TypeError for an option that is unknown or wrong
   */
  static forRoot({ isGlobal, ...options }: CloudTaskModuleRootOptions): DynamicModule {
    const resolved = readModuleOptions(options);
    return moduleWith({ provide: OPTIONS, useFactory: () => resolved }, isGlobal, []);
  }

  /**
   * The same where the options come from other providers. Definitions, and so the client, are made before the app is, since
   * decorators name them.
   *
   * @param options - a factory, and what it is given
   * @returns the module, for `imports` of the root module, once
   * @throws TypeError for an option that is unknown or wrong; for those that the factory gives, when the app starts
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
      useFactory: async (...given: Parameters<typeof useFactory>) => readModuleOptions(await useFactory(...given)),
    };
    return moduleWith(options, isGlobal, imports);
  }

  /** Gives the client its handlers. */
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
      // Nest 10 takes two dynamic modules for one where their text is the same, and that of two clients is.
      { provide: NUMBER, useValue: ++made },
      { provide: CloudTaskClient, inject: [OPTIONS], useFactory: ({ client }: ResolvedModuleOptions) => client },
      // Every delivery puts its own in the place of what this makes.
      { provide: DELIVERY, scope: Scope.REQUEST, useFactory: () => undefined },
      {
        provide: APP,
        inject: [OPTIONS, HttpAdapterHost, ModulesContainer, ModuleRef, EndOfHooks],
        useFactory: (
          resolved: ResolvedModuleOptions,
          host: HttpAdapterHost,
          modules: ModulesContainer,
          moduleRef: ModuleRef,
          end: EndOfHooks,
        ): CloudTaskApp => createCloudTaskApp(resolved, { host, modules, moduleRef, end }),
      },
    ],
    exports: [CloudTaskClient, DELIVERY],
  };
}
