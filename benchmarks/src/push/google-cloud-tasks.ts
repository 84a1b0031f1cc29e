import { createRequire } from "node:module";
import { CloudTasksClient } from "@google-cloud/tasks";
import { httpRequest, parent, payload } from "./call.ts";
import type { OpenPeer } from "./peer.ts";

type AuthClient = NonNullable<NonNullable<ConstructorParameters<typeof CloudTasksClient>[0]>["authClient"]>;

// The same copy of the auth library that the client loads; a second copy would count as the client's.
const fromTasks = createRequire(createRequire(import.meta.url).resolve("@google-cloud/tasks"));
const fromGax = createRequire(fromTasks.resolve("google-gax"));
const { PassThroughClient } = fromGax("google-auth-library") as { readonly PassThroughClient: new () => AuthClient };

/** Google's client over its REST fallback, the same protocol as cloudtask. Its tokens cost nothing here. */
export const open: OpenPeer = (port) => {
  const client = new CloudTasksClient({
    fallback: true,
    protocol: "http",
    apiEndpoint: "127.0.0.1",
    port,
    authClient: new PassThroughClient(),
    projectId: "my-project",
  });
  return {
    async push() {
      const task = { httpRequest: { ...httpRequest, body: Buffer.from(payload) } };
      const [created] = await client.createTask({ parent, task });
      return created.name ?? "";
    },
    close: () => client.close(),
  };
};
