import { CloudTaskModule, type CloudTaskModuleOptions } from "@cloudtask/nestjs";
import { type INestApplication, Module, type NestApplicationOptions } from "@nestjs/common";
import { type AbstractHttpAdapter, NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { Test } from "@nestjs/testing";
import { CloudTaskClient } from "cloudtask";
import type { Mount, Mounted, Traits } from "../../../cloudtask/test/support/adapter-traits.ts";

type Make = (root: new () => object) => Promise<INestApplication>;

/** The platforms of NestJS, by name. */
export const platforms: readonly (readonly [string, () => AbstractHttpAdapter])[] = [
  ["express", () => new ExpressAdapter()],
  ["fastify", () => new FastifyAdapter()],
];

function byFactory(adapter: () => AbstractHttpAdapter, options: NestApplicationOptions): Make {
  return (root) => NestFactory.create(root, adapter(), { logger: false, ...options });
}

async function byTestingModule(adapter: () => AbstractHttpAdapter, root: new () => object): Promise<INestApplication> {
  const testing = await Test.createTestingModule({ imports: [root] }).compile();
  return testing.createNestApplication(adapter(), { logger: false });
}

async function listen(make: Make, options: CloudTaskModuleOptions): Promise<Mounted> {
  class AppModule {}
  Module({ imports: [CloudTaskModule.forRoot(options)] })(AppModule);
  const app = await make(AppModule);
  await app.listen(0, "127.0.0.1");
  return { origin: await app.getUrl(), close: () => app.close() };
}

function mountBy(make: Make): { readonly mount: Mount; readonly traits: Partial<Traits> } {
  return {
    mount: (client, worker) => listen(make, { client, ...(worker && { worker }) }),
    traits: {
      mountWorker: (worker) => {
        const client = new CloudTaskClient({ url: "http://worker.test/tasks/run", secret: "s3cret-key" });
        return listen(make, { client, worker });
      },
    },
  };
}

/** Every setup of body parsing in a NestJS app, on every platform. */
export const nestMounts: readonly { readonly name: string; readonly mount: Mount; readonly traits: Partial<Traits> }[] =
  platforms.flatMap(([platform, adapter]) => [
    { name: platform, ...mountBy(byFactory(adapter, {})) },
    { name: `${platform}, rawBody`, ...mountBy(byFactory(adapter, { rawBody: true })) },
    { name: `${platform}, no body parser`, ...mountBy(byFactory(adapter, { bodyParser: false })) },
    { name: `${platform}, testing module`, ...mountBy((root) => byTestingModule(adapter, root)) },
  ]);
