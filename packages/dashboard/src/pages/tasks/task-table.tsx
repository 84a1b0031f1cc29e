import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Moment } from "../../components/moment.tsx";
import { VirtualRows } from "../../components/virtual-rows.tsx";
import { idOf } from "../../format/format.ts";
import { payloadText } from "../../format/payload-text.ts";
import type { TaskJson } from "../../source/json.ts";
import { isTyping } from "../../state/is-typing.ts";
import { now } from "../../state/now.ts";
import type { Pages } from "../../state/pages.ts";
import { hrefOf, navigate } from "../../state/router.ts";
import type { Selection } from "../../state/selection.ts";
import { StateBadge } from "../../words/task-state.tsx";
import { waitText } from "../../words/wait-text.ts";

interface TaskTableProps {
  readonly pages: Pages<TaskJson>;
  readonly selection: Selection;
}

const COLUMNS = 7;

/** A list of tasks. `j` and `k` move, `x` selects, Enter opens. */
export function TaskTable({ pages, selection }: TaskTableProps): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const { items } = pages.state.value;
  const [focused, setFocused] = useState(-1);
  useRowKeys(items, focused, setFocused, selection);
  const names = selection.names.value;
  const isAll = selection.all.value;
  const chooseAll = (): void => {
    if (isAll || names.size === items.length) selection.clear();
    else selection.select(items.map(({ name }) => name));
  };
  const row = (index: number): JSX.Element | null => {
    const task = items[index];
    if (task === undefined) return null;
    const isSelected = isAll || names.has(task.name);
    return (
      <TaskRow
        key={`${task.name} ${task.sequence}`}
        task={task}
        index={index}
        isSelected={isSelected}
        isFocused={index === focused}
        onToggle={() => selection.toggle(task.name)}
      />
    );
  };
  const more = useMemo(() => () => void pages.more(), [pages]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="table-wrap scroller" ref={scroller} tabIndex={0} aria-label="Tasks">
      <table class="table lines" aria-rowcount={items.length + 1}>
        <caption class="visually-hidden">Tasks</caption>
        <thead>
          <tr>
            <th scope="col">
              <input
                type="checkbox"
                aria-label="Select all loaded tasks"
                checked={isAll || (items.length > 0 && names.size === items.length)}
                onChange={chooseAll}
              />
            </th>
            {["State", "Task", "Queue", "Payload", "Due or finished", "Attempts"].map((title) => (
              <th scope="col" key={title}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <VirtualRows count={items.length} scroller={scroller} row={row} columns={COLUMNS} onEnd={more} />
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
  useEffect(() => {
    if (isFocused) link.current?.focus();
  }, [isFocused]);
  const wait = waits[0];
  return (
    <tr aria-selected={isSelected} aria-rowindex={index + 2}>
      <td>
        <input type="checkbox" aria-label={`Select ${id}`} checked={isSelected} onChange={onToggle} />
      </td>
      <td title={wait && waitText(wait, now.value)}>
        <StateBadge state={state} />
      </td>
      <td class="clip">
        <a ref={link} href={hrefOf(["tasks", name])} title={name}>
          {definition ?? "task"} <span class="mono">{id}</span>
        </a>
      </td>
      <td class="clip">{idOf(queue)}</td>
      <td class="clip mono">{payloadText(request?.preview ?? "")}</td>
      <td class="nowrap">
        <Moment time={finishTime ?? scheduleTime} />
      </td>
      <td class="number">{dispatchCount}</td>
    </tr>
  );
}

/** Moves between rows by keyboard, unless the user types in a field. */
function useRowKeys(
  items: readonly TaskJson[],
  focused: number,
  setFocused: (index: number) => void,
  selection: Selection,
): void {
  useEffect(() => {
    const task = items[focused];
    const actions: Readonly<Record<string, () => void>> = {
      j: () => setFocused(Math.min(focused + 1, items.length - 1)),
      k: () => setFocused(Math.max(focused - 1, 0)),
      x: () => task && selection.toggle(task.name),
      Enter: () => task && document.activeElement === document.body && navigate(hrefOf(["tasks", task.name])),
    };
    const onKey = (event: KeyboardEvent): void => {
      if (!isTyping(event)) actions[event.key]?.();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  });
}
