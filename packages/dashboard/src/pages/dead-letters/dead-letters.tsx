import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { JobProgress } from "../../components/job-progress.tsx";
import { ListState } from "../../components/list-state.tsx";
import { distinct } from "../../format/distinct.ts";
import { formatCount } from "../../format/format.ts";
import { source } from "../../source/http-source.ts";
import type { DeadLetterJson } from "../../source/json.ts";
import { afterJob } from "../../state/after-job.ts";
import { liveQueues } from "../../state/live.ts";
import { onLive } from "../../state/live-events.ts";
import { createPages } from "../../state/pages.ts";
import { route } from "../../state/router.ts";
import { createSelection } from "../../state/selection.ts";
import { BulkActions } from "../tasks/bulk-actions.tsx";
import { FilterBar } from "../tasks/filter-bar.tsx";
import { filtersOf } from "../tasks/task-filters.ts";
import { DeadLetterTable } from "./dead-letter-table.tsx";

const PAGE_SIZE = 200;

/** The tasks that were discarded and kept, with the reason. */
export function DeadLetters(): JSX.Element {
  const filter = filtersOf(route.value.query);
  const key = JSON.stringify(filter);
  const [bodiesHidden, setBodiesHidden] = useState<string>();
  const pages = useMemo(
    () =>
      createPages<DeadLetterJson>(async (cursor, signal) => {
        const page = await source.deadLetters({ ...filter, limit: PAGE_SIZE, cursor }, signal);
        setBodiesHidden(page.bodiesHidden);
        return { items: page.deadLetters, nextCursor: page.nextCursor };
      }),
    [key],
  );
  const { items, isReady } = pages.state.value;
  const selection = useMemo(createSelection, [key]);
  const total = deadLettersIn(filter.queue);
  const [atStart, setAtStart] = useState(total);
  // Without a filter, the counts of the queues tell how many dead letters are missing in the list.
  const isWhole = ["definition", "reason", "text", "from", "to"].every((name) => !route.value.query.has(name));
  const added = isWhole ? total - atStart : 0;
  useEffect(() => {
    const refresh = (): void => void pages.refresh().then(() => setAtStart(deadLettersIn(filter.queue)));
    const stops = [onLive("resync", refresh), afterJob(refresh), pages.close];
    return () => {
      for (const stop of stops) stop();
    };
  }, [pages]);
  useEffect(() => setAtStart(total), [isReady, key]);
  const restart = (): void => {
    setAtStart(total);
    selection.clear();
    void pages.restart();
  };
  return (
    <div class="stack">
      <h1>Dead letters</h1>
      <FilterBar
        fixed={["state", "status", "sort"]}
        counts={undefined}
        definitions={distinct(items.map(({ definition }) => definition))}
        reasons={distinct(items.map(({ deadLetter }) => deadLetter.reason))}
      />
      <JobProgress />
      <div class="row spread">
        <BulkActions
          filter={{ ...filter, deadLetters: true }}
          selection={selection}
          loaded={items.length}
          selectedStates={() => new Set()}
        />
        <button type="button" class="button" onClick={restart}>
          {added > 0 ? `${formatCount(added)} new, show` : "Reload"}
        </button>
      </div>
      {bodiesHidden !== undefined && <p class="notice warn wrap">{bodiesHidden}</p>}
      <ListState
        pages={pages}
        noun="dead letter"
        empty={
          isWhole
            ? "No dead letters. A task that is discarded is kept here if its client, definition or queue sets deadLetter."
            : "No dead letter matches the filters."
        }
        onRetry={restart}
      />
      {items.length > 0 && <DeadLetterTable pages={pages} selection={selection} />}
    </div>
  );
}

/** Returns the number of dead letters in a queue, given by id, or in all queues; 0 if it is unknown. */
function deadLettersIn(queueId: string | undefined): number {
  const queues = [...liveQueues.value.values()].filter(({ id }) => queueId === undefined || id === queueId);
  return queues.reduce((sum, { deadLetters = 0 }) => sum + deadLetters, 0);
}
