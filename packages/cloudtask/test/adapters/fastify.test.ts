import { Readable } from "node:stream";
import { cloudTaskPlugin } from "cloudtask/fastify";
import type { FastifyInstance } from "fastify";
import type { CloudTaskClient, Worker, WorkerOptions } from "../../src/index.ts";
import { adapterSuite, type Mounted } from "../support/adapter-suite.ts";
import { FASTIFY_VERSIONS, listenOn } from "../support/fastify-versions.ts";

type Prepare = (app: FastifyInstance) => unknown;
type MountTarget = (target: CloudTaskClient | Worker, options?: WorkerOptions) => Promise<Mounted>;

/** An app with the worker mounted after other plugins. */
function mountIn(make: (typeof FASTIFY_VERSIONS)[number][1], prepare: Prepare): MountTarget {
  return async (client, options) => {
    const app = make({ forceCloseConnections: true, bodyLimit: 100 });
    prepare(app);
    await app.register(cloudTaskPlugin, { client, ...options, prefix: "/tasks/run" });
    return { origin: await listenOn(app), close: async () => app.close() };
  };
}

const keepBuffers: Prepare = (app) =>
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

const replaceBodies: Prepare = (app) =>
  app.addHook("preParsing", async (_request, _reply, payload) => Readable.from(await payload.toArray()));

const readAlong: Prepare = (app) =>
  app.addHook("preParsing", (_request, _reply, payload, done) =>
    done(
      null,
      payload.on("data", () => undefined),
    ),
  );

for (const [name, make] of FASTIFY_VERSIONS) {
  const suite = (title: string, prepare: Prepare, body: "untouched" | "raw" = "untouched"): void => {
    const mount = mountIn(make, prepare);
    adapterSuite(`${name}${title}`, mount, { body, mountWorker: mount });
  };
  suite("", () => undefined);
  suite(" with a parser that gives buffers", keepBuffers);
  suite(" with a hook that replaces bodies", replaceBodies, "raw");
  suite(" with a hook that reads along", readAlong, "raw");
}
