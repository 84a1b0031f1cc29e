import type { JSX } from "preact";
import { isCloud, server } from "../state/server.ts";

/** Names the place in Google Cloud, and whether the pages can change it. */
export function SourceBanner(): JSX.Element | null {
  if (!isCloud()) return null;
  const { project, location, allowsWrites } = server();
  return (
    <section class={`place ${allowsWrites ? "warn" : ""}`} aria-label="Source of the data">
      <strong>
        Google Cloud · {project} · {location} · {allowsWrites ? "changes allowed" : "read-only"}
      </strong>{" "}
      {!allowsWrites && (
        <span>
          To change queues and tasks, start <code>cloudtask dashboard</code> with <code>--allow-writes</code>.
        </span>
      )}
    </section>
  );
}
