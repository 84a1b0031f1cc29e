import type { JSX } from "preact";
import { hrefOf, route } from "../state/router.ts";

/** The pages in the navigation. `key` is the second key of the shortcut `g …`; `q` stands for the queues of the overview. */
export const PAGES = [
  { name: "", title: "Overview", key: "q" },
  { name: "tasks", title: "Tasks", key: "t" },
  { name: "definitions", title: "Definitions", key: "d" },
  { name: "schedule", title: "Schedule", key: "s" },
  { name: "dead-letters", title: "Dead letters", key: "l" },
  { name: "faults", title: "Faults", key: "f" },
] as const;

export function Navigation(): JSX.Element {
  const [current = ""] = route.value.path;
  return (
    <nav class="nav" aria-label="Pages">
      <ul>
        {PAGES.map(({ name, title }) => (
          <li key={name}>
            <a href={hrefOf(name === "" ? [] : [name])} aria-current={current === name ? "page" : undefined}>
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
