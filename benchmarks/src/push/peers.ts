import { packageVersion } from "../harness/package-version.ts";

/** The peers of a push: the name of each, and its module in this folder. Ours is the first. */
export const peers = {
  cloudtask: "cloudtask",
  "bare node:http": "bare-http",
  "bare fetch": "bare-fetch",
  "@google-cloud/tasks": "google-cloud-tasks",
} as const;

export const peerVersions: Readonly<Record<string, string>> = {
  cloudtask: packageVersion("cloudtask"),
  "@google-cloud/tasks": packageVersion("@google-cloud/tasks"),
};
