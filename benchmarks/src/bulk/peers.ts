import { open as bareHttp } from "../push/bare-http.ts";
import { open as push } from "../push/cloudtask.ts";
import { open as googleCloudTasks } from "../push/google-cloud-tasks.ts";
import { byPushMany } from "./cloudtask.ts";
import { CONCURRENCY, loopOver, type OpenBulkPeer } from "./peer.ts";

/** The peers, ours first. Single creates take several times as long, so fewer of them are measured: `share` of the tasks. */
export const peers: Readonly<Record<string, { readonly open: OpenBulkPeer; readonly share: number }>> = {
  "pushMany()": { open: byPushMany({}), share: 1 },
  "pushMany({ batch: false })": { open: byPushMany({ batch: false, concurrency: CONCURRENCY }), share: 0.15 },
  "push()": { open: loopOver(push), share: 0.15 },
  "bare node:http": { open: loopOver(bareHttp), share: 0.15 },
  "@google-cloud/tasks": { open: loopOver(googleCloudTasks), share: 0.05 },
};
