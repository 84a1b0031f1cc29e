import { open } from "../push/google-cloud-tasks.ts";
import { type OpenBulkPeer, repeat } from "./peer.ts";

/** Google's client, over REST. It has no batches. */
export const googleCloudTasks: OpenBulkPeer = (port) => {
  const { push, close } = open(port);
  return { create: (count) => repeat(count, push), close };
};
