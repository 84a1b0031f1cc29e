import type { JSX } from "preact";
import { TaskList } from "./task-list.tsx";

/** All tasks of all queues, with search. */
export function Tasks(): JSX.Element {
  return (
    <div class="stack">
      <h1>Tasks</h1>
      <TaskList />
    </div>
  );
}
