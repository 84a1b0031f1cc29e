import type { TaskRequest } from "../../engine/records.ts";

/** Returns the URL of a task; for an App Engine task the path and query. */
export function urlOf(request: TaskRequest): string {
  return request.kind === "http" ? request.url : request.relativeUri;
}
