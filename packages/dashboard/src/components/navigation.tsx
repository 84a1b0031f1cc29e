import type { JSX } from "preact";
import { formatCount } from "../format/format.ts";
import { liveQueues } from "../state/live.ts";
import { hrefOf, route } from "../state/router.ts";
import { isCloud } from "../state/server.ts";

interface PageLink {
  readonly name: string;
  readonly title: string;
  /** The second key of the shortcut `g …`; `q` stands for the queues of the overview. */
  readonly key: string;
  readonly isOnlyForEmulators?: true;
}

const PAGES: readonly PageLink[] = [
  { name: "", title: "Overview", key: "q" },
  { name: "tasks", title: "Tasks", key: "t" },
  { name: "definitions", title: "Definitions", key: "d", isOnlyForEmulators: true },
  { name: "schedule", title: "Schedule", key: "s", isOnlyForEmulators: true },
  { name: "dead-letters", title: "Dead letters", key: "l" },
  { name: "faults", title: "Faults", key: "f", isOnlyForEmulators: true },
];

/** Returns the pages that the source of the data can show. */
export function availablePages(): readonly PageLink[] {
  return PAGES.filter(({ isOnlyForEmulators }) => !isOnlyForEmulators || !isCloud());
}

/** Google Cloud does not state the number. */
function DeadLetterCount(): JSX.Element | null {
  const count = [...liveQueues.value.values()].reduce((sum, { deadLetters = 0 }) => sum + deadLetters, 0);
  return count === 0 ? null : <span class="muted"> {formatCount(count)}</span>;
}

export function Navigation(): JSX.Element {
  const [current = ""] = route.value.path;
  return (
    <nav class="nav" aria-label="Pages">
      <ul>
        {availablePages().map(({ name, title }) => (
          <li key={name}>
            <a href={hrefOf(name === "" ? [] : [name])} aria-current={current === name ? "page" : undefined}>
              {title}
              {name === "dead-letters" && <DeadLetterCount />}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
