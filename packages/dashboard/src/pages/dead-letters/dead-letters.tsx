import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { JobProgress } from "../../components/job-progress.tsx";
import { Moment } from "../../components/moment.tsx";
import { PushDialog } from "../../components/push-dialog.tsx";
import { VirtualRows } from "../../components/virtual-rows.tsx";
import { idOf } from "../../format/format.ts";
import { payloadText } from "../../format/payload-text.ts";
import { source } from "../../source/http-source.ts";
import type { DeadLetterJson } from "../../source/json.ts";
import { useNewTasks } from "../../state/new-tasks.ts";
import { createPages } from "../../state/pages.ts";
import { hrefOf, route } from "../../state/router.ts";
import { currentJob } from "../../state/run-job.ts";
import { createSelection, type Selection } from "../../state/selection.ts";
import { BulkActions } from "../tasks/bulk-actions.tsx";
import { FilterBar } from "../tasks/filter-bar.tsx";
import { filtersOf } from "../tasks/task-filters.ts";

const PAGE_SIZE = 200;
const COLUMNS = 7;

/** The tasks that were discarded and kept, with the reason. */
export function DeadLetters(): JSX.Element {
  const filter = filtersOf(route.value.query);
  const key = JSON.stringify(filter);
  const pages = useMemo(
    () =>
      createPages<DeadLetterJson>(async (cursor, signal) => {
        const { deadLetters, nextCursor } = await source.deadLetters({ ...filter, limit: PAGE_SIZE, cursor }, signal);
        return { items: deadLetters, nextCursor };
      }),
    [key],
  );
  const selection = useMemo(createSelection, [key]);
  const added = useNewTasks(filter.queue);
  const jobState = currentJob.value?.state;
  useEffect(() => () => pages.close(), [pages]);
  useEffect(() => {
    if (jobState !== undefined && jobState !== "running") void pages.restart();
  }, [jobState, pages]);
  const restart = (): void => {
    added.value = 0;
    selection.clear();
    void pages.restart();
  };
  const { items, error, isReady } = pages.state.value;
  return (
    <div class="stack">
      <h1>Dead letters</h1>
      <FilterBar fixed={["state", "status", "sort"]} counts={undefined} />
      <JobProgress />
      <div class="row spread">
        <BulkActions
          filter={{ ...filter, deadLetters: true }}
          selection={selection}
          loaded={items.length}
          actions={["redrive", "delete"]}
        />
        <button type="button" class="button" onClick={restart}>
          Reload
        </button>
      </div>
      {error !== undefined && (
        <p class="notice bad wrap" role="alert">
          {error.message}
        </p>
      )}
      {!isReady && error === undefined && <p class="muted">Loading …</p>}
      {isReady && items.length === 0 && (
        <p class="muted" role="status">
          No dead letters. A task that is discarded is kept here if its client, definition or queue sets deadLetter.
        </p>
      )}
      {items.length > 0 && <DeadLetterTable items={items} selection={selection} onEnd={() => void pages.more()} />}
    </div>
  );
}

interface DeadLetterTableProps {
  readonly items: readonly DeadLetterJson[];
  readonly selection: Selection;
  readonly onEnd: () => void;
}

function DeadLetterTable({ items, selection, onEnd }: DeadLetterTableProps): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const [edited, setEdited] = useState<DeadLetterJson>();
  const row = (index: number): JSX.Element | null => {
    const letter = items[index];
    if (letter === undefined) return null;
    const { name, id, definition, deadLetter, request } = letter;
    return (
      <tr key={name}>
        <td>
          <input
            type="checkbox"
            aria-label={`Select ${id}`}
            checked={selection.all.value || selection.names.value.has(name)}
            onChange={() => selection.toggle(name)}
          />
        </td>
        <td class="clip">
          <a href={hrefOf(["tasks", name])}>
            {definition ?? "task"} <span class="mono">{deadLetter.originalId ?? id}</span>
          </a>
        </td>
        <td class="nowrap">{deadLetter.reason}</td>
        <td class="clip" title={deadLetter.message}>
          {deadLetter.message}
        </td>
        <td class="clip mono">{payloadText(request?.preview ?? "")}</td>
        <td class="nowrap">
          {deadLetter.homeQueue === undefined ? "" : `from ${idOf(deadLetter.homeQueue)}, `}
          <Moment time={deadLetter.lastTime ?? letter.createTime} />
        </td>
        <td>
          <button type="button" class="button" onClick={() => setEdited(letter)}>
            Edit
          </button>
        </td>
      </tr>
    );
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="table-wrap scroller" ref={scroller} tabIndex={0} aria-label="Dead letters">
      <table class="table lines">
        <caption class="visually-hidden">Dead letters</caption>
        <thead>
          <tr>
            {["Selected", "Task", "Reason", "Message", "Payload", "Discarded", "Edit"].map((title) => (
              <th scope="col" key={title}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <VirtualRows count={items.length} scroller={scroller} row={row} columns={COLUMNS} onEnd={onEnd} />
        </tbody>
      </table>
      {edited !== undefined && (
        <PushDialog
          queue={edited.deadLetter.homeQueue ?? edited.queue}
          from={edited.name}
          replace
          onClose={() => setEdited(undefined)}
        />
      )}
    </section>
  );
}
