/** One way to create a task. Each peer is a module that exports `open`, because loading it is measured too. */
export type OpenPeer = (port: number) => { push(): Promise<string>; close(): Promise<void> };

/** The peers, by module name. */
export const peers = {
  "cloudtask-client": "cloudtask, task(…).push()",
  "cloudtask-node": "  its transport over node:http",
  "cloudtask-fetch": "  its transport over fetch",
  "google-cloud-tasks": "@google-cloud/tasks, REST",
} as const;
