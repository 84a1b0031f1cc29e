import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { createWorker } from "../../src/index.ts";
import { listen } from "../support/adapter-listen.ts";
import { adapterSuite } from "../support/adapter-suite.ts";

adapterSuite(
  "createWorker().fetch on @hono/node-server",
  (client, options) => listen(createAdaptorServer({ fetch: createWorker(client, options).fetch }) as Server),
  { mountWorker: ({ fetch }) => listen(createAdaptorServer({ fetch }) as Server) },
);
