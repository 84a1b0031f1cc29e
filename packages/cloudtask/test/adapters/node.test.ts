import { cloudTaskListener } from "../../src/adapters/node.ts";
import type { CloudTaskClient, Worker, WorkerOptions } from "../../src/index.ts";
import { listen } from "../support/adapter-listen.ts";
import { adapterSuite, type Mounted } from "../support/adapter-suite.ts";

const mount = (target: CloudTaskClient | Worker, options?: WorkerOptions): Promise<Mounted> =>
  listen(cloudTaskListener(target, options));

adapterSuite("node:http", mount, { mountWorker: mount });
