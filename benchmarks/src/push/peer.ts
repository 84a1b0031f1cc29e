/** One way to create a task. Each is a module with this as its `open`, so that loading it can be measured. */
export type OpenPeer = (port: number) => { push(): Promise<string>; close(): Promise<void> };

/** The peers by the name of their module. */
export const peers = {
  "cloudtask-client": "cloudtask, task(…).push()",
  "cloudtask-node": "  its transport over node:http",
  "cloudtask-fetch": "  its transport over fetch",
  "google-cloud-tasks": "@google-cloud/tasks, REST",
} as const;
