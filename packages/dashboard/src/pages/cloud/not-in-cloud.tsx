import type { JSX } from "preact";
import { hrefOf } from "../../state/router.ts";

/** Why a page of an emulator does not exist for Google Cloud. */
export const NOT_IN_CLOUD: Readonly<Record<string, { readonly title: string; readonly reason: string }>> = {
  definitions: {
    title: "Definitions",
    reason: "Cloud Tasks keeps no statistics of task definitions. To find the tasks of a definition, filter the tasks.",
  },
  schedule: {
    title: "Schedule",
    reason:
      "Cloud Tasks does not count tasks by their time, and its clock cannot be moved. A list of tasks shows when each is due.",
  },
  faults: {
    title: "Faults",
    reason: "Faults are failures on demand, which only an emulator has.",
  },
};

/** Explains that a page is not available. */
export function NotInCloud({ page }: { readonly page: string }): JSX.Element {
  const { title, reason } = NOT_IN_CLOUD[page] ?? { title: page, reason: "" };
  return (
    <div class="stack">
      <h1>{title}</h1>
      <p>Not available on Google Cloud: {reason}</p>
      <p>
        <a href={hrefOf([])}>Overview</a>
      </p>
    </div>
  );
}
