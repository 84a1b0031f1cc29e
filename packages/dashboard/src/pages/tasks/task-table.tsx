import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { Moment } from "../../components/moment.tsx";
import { SelectLoaded } from "../../components/select-loaded.tsx";
import { VirtualRows } from "../../components/virtual-rows.tsx";
import { formatCount, idOf } from "../../format/format.ts";
import { payloadText } from "../../format/payload-text.ts";
import type { TaskJson } from "../../source/json.ts";
import { now } from "../../state/now.ts";
import { hrefOf } from "../../state/router.ts";
import { canWrite } from "../../state/server.ts";
import type { TaskFeed } from "../../state/task-feed.ts";
import type { HoldHandlers } from "../../state/use-held.ts";
import { StateBadge } from "../../words/task-state.tsx";
import { waitText } from "../../words/wait-text.ts";
import { useRowKeys } from "./use-row-keys.ts";

interface TaskTableProps {
  readonly feed: TaskFeed;
}

const COLUMNS = 7;

/** A list of tasks. `j` and `k` move, `x` selects, Enter opens. */
export function TaskTable({ feed }: TaskTableProps): JSX.Element {
  const { pages, rows, selection } = feed;
  const scroller = useRef<HTMLDivElement>(null);
  const { items } = pages.state.value;
  // The rows below are read from it.
  rows.version.value;
  const focused = useRowKeys(feed, scroller, "task");
  const names = selection.names.value;
  const isAll = selection.all.value;
  const row = (index: number): JSX.Element | null => {
    const item = items[index];
    if (item === undefined) return null;
    const task = rows.current(item);
    const isSelected = isAll || names.has(task.name);
    return (
      <TaskRow
        key={`${task.name} ${task.sequence}`}
        task={task}
        index={index}
        isSelected={isSelected}
        isFocused={task.name === focused}
        onToggle={() => selection.toggle(task.name)}
      />
    );
  };
  useEffect(() => feed.holdWhile(() => isInUse(scroller.current)), [feed]);
  const more = useMemo(() => () => void pages.more(), [pages]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="table-wrap scroller" ref={scroller} tabIndex={0} aria-label="Tasks" {...releaseHandlers(feed)}>
      <table class="table lines task-rows" aria-rowcount={items.length + 1}>
        <caption class="visually-hidden">Tasks</caption>
        <thead>
          <tr>
            {canWrite() && (
              <th scope="col" class="choose">
                <SelectLoaded items={items} selection={selection} />
              </th>
            )}
            {["State", "Task", "Queue", "Payload", "Due or finished"].map((title) => (
              <th scope="col" key={title}>
                {title}
              </th>
            ))}
            <th scope="col" class="number">
              Attempts
            </th>
          </tr>
        </thead>
        <tbody>
          <VirtualRows
            kind="task"
            count={items.length}
            scroller={scroller}
            row={row}
            columns={COLUMNS}
            onEnd={more}
            place={feed}
          />
        </tbody>
      </table>
    </section>
  );
}

interface TaskRowProps {
  readonly task: TaskJson;
  readonly index: number;
  readonly isSelected: boolean;
  readonly isFocused: boolean;
  readonly onToggle: () => void;
}

function TaskRow({ task, index, isSelected, isFocused, onToggle }: TaskRowProps): JSX.Element {
  const { name, id, queue, definition, state, request, waits, finishTime, scheduleTime, dispatchCount } = task;
  const link = useRef<HTMLAnchorElement>(null);
  // Not after the paint: Enter, pressed next, would open the row before.
  useLayoutEffect(() => {
    if (isFocused) link.current?.focus();
  }, [isFocused]);
  const wait = waits.find(({ until }) => until === undefined || Date.parse(until) > now.value);
  return (
    <tr aria-selected={isSelected} aria-rowindex={index + 2}>
      {canWrite() && (
        <td class="choose">
          <input type="checkbox" aria-label={`Select ${id}`} checked={isSelected} onChange={onToggle} />
        </td>
      )}
      <td class="state" title={wait && waitText(wait, now.value)}>
        <StateBadge state={isDue(task, now.value) ? "due" : state} isDeadLetter={task.deadLetter !== undefined} />
      </td>
      <td class="clip task">
        <a ref={link} href={hrefOf(["tasks", name])} title={name}>
          {definition ?? "task"} <span class="mono">{id}</span>
        </a>
      </td>
      <td class="clip queue">{idOf(queue)}</td>
      <td class="clip mono payload">{payloadText(request?.preview ?? "")}</td>
      <td class="nowrap time">
        <Moment time={finishTime ?? scheduleTime} />
      </td>
      <td class="number attempts">{formatCount(dispatchCount)}</td>
    </tr>
  );
}

/** Whether the pointer or the focus is in an element. */
function isInUse(element: Element | null): boolean {
  return element !== null && (element.matches(":hover") || element.contains(document.activeElement));
}

/** Handlers for the element of a list, which notify its feed when the pointer or the focus leaves. */
function releaseHandlers({ released }: TaskFeed): Pick<HoldHandlers, "onPointerLeave" | "onBlurCapture"> {
  return {
    onPointerLeave: released,
    onBlurCapture: ({ currentTarget, relatedTarget }) => {
      if (!(currentTarget as Element).contains(relatedTarget as Node | null)) released();
    },
  };
}

/** A task becomes due without an event. */
function isDue({ state, scheduleTime }: TaskJson, nowMs: number): boolean {
  return (state === "scheduled" || state === "retrying") && Date.parse(scheduleTime) <= nowMs;
}
