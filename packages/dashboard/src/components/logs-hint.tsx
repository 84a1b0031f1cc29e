import type { JSX } from "preact";
import { server } from "../state/server.ts";
import { Snippet } from "./snippet.tsx";

/**
 * How to read attempts of Google Cloud, which keeps none of the finished ones.
 *
 * @param filter - limits the entries, for example to a task
 */
export function LogsHint({ filter = "" }: { readonly filter?: string }): JSX.Element {
  const query = `resource.type="cloud_tasks_queue"${filter === "" ? "" : ` AND ${filter}`}`;
  return (
    <>
      <p>
        Cloud Logging records the attempts of a queue that has a log sampling ratio (
        <code>cloudtask queues update QUEUE --log-sampling-ratio 1</code>):
      </p>
      <Snippet text={`gcloud logging read '${query}' --project=${server().project} --freshness=1h`} />
    </>
  );
}
