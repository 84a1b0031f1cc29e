import { type Query, RpcError } from "@cloudtask/emulator/internal";
import { type CloudApi, locationName } from "../cloud-parts.ts";
import { ownResource } from "../own-resource.ts";

/** A change that the pages send as a call of the API. */
interface Change {
  readonly method: "POST" | "PATCH" | "DELETE";
  /** Matches the path after the location. */
  readonly path: RegExp;
  /** The verb for messages. */
  readonly verb: string;
  /** The API would carry out a repeated call a second time. */
  readonly once?: true;
}

const CHANGES: readonly Change[] = [
  { method: "POST", path: /^\/queues$/, verb: "create a queue in" },
  { method: "PATCH", path: /^\/queues\/[^/:]+$/, verb: "update" },
  { method: "DELETE", path: /^\/queues\/[^/:]+$/, verb: "delete" },
  { method: "POST", path: /^\/queues\/[^/:]+:pause$/, verb: "pause" },
  { method: "POST", path: /^\/queues\/[^/:]+:resume$/, verb: "resume" },
  { method: "POST", path: /^\/queues\/[^/:]+:purge$/, verb: "purge", once: true },
  { method: "POST", path: /^\/queues\/[^/:]+\/tasks$/, verb: "create a task in", once: true },
  { method: "POST", path: /^\/queues\/[^/:]+\/tasks\/[^/:]+:run$/, verb: "run", once: true },
  { method: "DELETE", path: /^\/queues\/[^/:]+\/tasks\/[^/:]+$/, verb: "delete" },
];

/** The call of a page. */
export interface PageCall {
  readonly method: string;
  /** The decoded path after `/v2/`. */
  readonly name: string;
  readonly query: Query;
  readonly body: string;
}

/**
 * Forwards a change below `/v2/` to Google Cloud. Only changes that the pages need are forwarded, and only to the location of the
 * dashboard.
 */
export async function callApi(api: CloudApi, { method, name, query, body }: PageCall): Promise<object> {
  const parent = locationName(api);
  const change = CHANGES.find(
    (each) => each.method === method && name.startsWith(`${parent}/`) && each.path.test(name.slice(parent.length)),
  );
  if (change === undefined) {
    throw new RpcError(
      "NOT_FOUND",
      `The dashboard has no ${method} /v2/${name}. It changes queues and tasks of ${parent}.`,
    );
  }
  const [resource = ""] = name.split(":");
  checkResource(api, resource);
  const updateMask = query.text("updateMask");
  // Cloud Tasks would create a queue that was deleted meanwhile.
  if (change.method === "PATCH") await api.admin.queues.get(resource);
  const answer = await api.transport.call({
    method: change.method,
    path: updateMask === "" ? name : `${name}?${new URLSearchParams({ updateMask })}`,
    ...(change.method === "DELETE" ? {} : { body: body || "{}" }),
    action: `${change.verb} ${resource.replace(/\/(?:queues|tasks)$/, "")}`,
    ...(change.once && { once: true }),
  });
  return Object(answer.body);
}

function checkResource(api: CloudApi, resource: string): void {
  const name = resource.replace(/\/tasks$/, "");
  if (name.endsWith("/queues")) return;
  ownResource(api, name, name.includes("/tasks/") ? "tasks" : "queues");
}
