import { getJson, type Query, sendJson } from "./http.ts";
import type { Source } from "./source.ts";

const changeQueue = async (name: string, verb: string): Promise<void> => {
  await sendJson("POST", `v2/${name}:${verb}`, {});
};

/** The source over HTTP: reads `inspect/`, changes by `control/` and by the Cloud Tasks API under `v2/`. */
export const source: Source = {
  info: () => getJson("inspect/source"),
  queues: (page, signal) => getJson("inspect/queues", { limit: 1_000, ...page }, signal),
  queue: (name, signal) => getJson(`inspect/queues/${name}`, {}, signal),
  tasks: (filter, signal) => getJson("inspect/tasks", filter as Query, signal),
  task: (name, bodyBytes, signal) => getJson(`inspect/tasks/${name}`, { bodyBytes }, signal),
  attempts: (filter, signal) => getJson("inspect/attempts", filter as Query, signal),
  attempt: (id, signal) => getJson(`inspect/attempts/${id}`, {}, signal),
  failures: (query, signal) => getJson("inspect/failures", query as Query, signal),
  stats: (query, signal) => getJson("inspect/stats", query, signal),
  schedule: (query, signal) => getJson("inspect/schedule", query, signal),
  definitions: (signal) => getJson("inspect/definitions", {}, signal),
  deadLetters: (filter, signal) => getJson("inspect/dead-letters", filter as Query, signal),
  faults: () => sendJson("GET", "control/faults"),

  pauseQueue: (name) => changeQueue(name, "pause"),
  resumeQueue: (name) => changeQueue(name, "resume"),
  purgeQueue: (name) => changeQueue(name, "purge"),
  deleteQueue: async (name) => {
    await sendJson("DELETE", `v2/${name}`);
  },
  createQueue: async (name, settings) => {
    await sendJson("POST", `v2/${name.replace(/\/[^/]*$/, "")}`, { ...settings, name });
  },
  updateQueue: async (name, changes, fields) => {
    await sendJson("PATCH", `v2/${name}`, changes, { updateMask: fields.join(",") });
  },

  runTask: async (name) => {
    await sendJson("POST", `v2/${name}:run`, {});
  },
  deleteTask: async (name) => {
    await sendJson("DELETE", `v2/${name}`);
  },
  createTask: async (queue, task) => {
    const { name } = await sendJson<{ readonly name: string }>("POST", `v2/${queue}/tasks`, { task });
    return name;
  },
  push: async (push) => {
    const { name } = await sendJson<{ readonly name: string }>("POST", "control/push", push);
    return name;
  },

  startJob: (job, signal) => sendJson("POST", "control/jobs", job, {}, signal),
  jobs: () => sendJson("GET", "control/jobs"),
  job: (id) => sendJson("GET", `control/jobs/${id}`),
  stopJob: (id) => sendJson("DELETE", `control/jobs/${id}`),

  advance: async (to) => {
    await sendJson("POST", "control/advance", to);
  },
  turnBack: async () => {
    await sendJson("POST", "control/turn-back", {});
  },
  addFault: (fault) => sendJson("POST", "control/faults", fault),
  removeFault: async (id) => {
    await sendJson("DELETE", id === undefined ? "control/faults" : `control/faults/${encodeURIComponent(id)}`);
  },
};
