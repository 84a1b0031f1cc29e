import {
  type JobJson,
  type JobsJson,
  type Query,
  RpcError,
  type SessionJson,
  type SourceJson,
} from "@cloudtask/emulator/internal";
import { VERSION } from "cloudtask/internal";
import type { CloudParts } from "./cloud-parts.ts";
import { oneQueueJson, queuesJson } from "./read/queue-json.ts";
import { taskDetail } from "./read/task-detail.ts";
import { deadLettersJson, tasksJson } from "./read/tasks-json.ts";
import { pushCopy } from "./write/push-copy.ts";
import { startJob } from "./write/start-job.ts";

/** How often a page reads queues again. A page makes 6 of the 600 list calls per minute that a project has. */
const POLL_MS = 10_000;

/** A request below `/inspect/` or `/control/`. */
interface RouteCall {
  readonly parts: CloudParts;
  /** The decoded path that `*` in the route stands for. */
  readonly rest: string;
  readonly query: Query;
  /** The JSON of the body; empty without one. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Aborts if the page disconnects. */
  readonly signal: AbortSignal;
}

type Methods = Readonly<Record<string, (call: RouteCall) => object | Promise<object>>>;

/** The handlers by path, which are those of the emulator as far as the API of Cloud Tasks allows. `*` matches the rest of the path. */
export const routes: Readonly<Record<string, Methods>> = {
  "/inspect/source": { GET: ({ parts }) => sourceJson(parts) },
  "/inspect/queues": { GET: ({ parts }) => queuesJson(parts) },
  "/inspect/queues/*": { GET: ({ parts, rest }) => oneQueueJson(parts, rest) },
  "/inspect/tasks": { GET: ({ parts, query, signal }) => tasksJson(parts, query, signal) },
  "/inspect/tasks/*": { GET: ({ parts, rest, query }) => taskDetail(parts, rest, query) },
  "/inspect/dead-letters": { GET: ({ parts, query, signal }) => deadLettersJson(parts, query, signal) },
  "/control/session": { GET: ({ parts: { token } }): SessionJson => ({ token: token.value, version: VERSION }) },
  "/control/push": { POST: ({ parts, fields }) => pushCopy(parts, fields) },
  "/control/jobs": {
    GET: ({ parts }): JobsJson => ({ jobs: parts.jobs.list() }),
    POST: ({ parts, fields }): JobJson => startJob(parts, fields),
  },
  "/control/jobs/*": {
    GET: ({ parts, rest }): JobJson => parts.jobs.get(rest),
    DELETE: ({ parts, rest }): JobJson => parts.jobs.stop(rest),
  },
  ...unavailable("attempts", "Cloud Tasks keeps no finished attempts. Read them in Cloud Logging."),
  ...unavailable("failures", "Cloud Tasks keeps no finished attempts. Read them in Cloud Logging."),
  ...unavailable("stats", "Cloud Tasks keeps no statistics over time. See Cloud Monitoring."),
  ...unavailable("schedule", "Cloud Tasks does not count tasks by their schedule time."),
  ...unavailable("definitions", "Cloud Tasks does not know task definitions."),
  ...unavailable("events", "Cloud Tasks has no events. Read again."),
};

function sourceJson({ project, location, allowsWrites }: CloudParts): SourceJson {
  return { kind: "googleCloud", version: VERSION, project, location, allowsWrites, pollMs: POLL_MS };
}

function unavailable(name: string, reason: string): Readonly<Record<string, Methods>> {
  const reject = (): never => {
    throw new RpcError("UNIMPLEMENTED", `Not available on Google Cloud: ${reason}`);
  };
  return { [`/inspect/${name}`]: { GET: reject }, [`/inspect/${name}/*`]: { GET: reject } };
}
