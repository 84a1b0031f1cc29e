import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { ActionButton } from "../../components/action-button.tsx";
import { Moment } from "../../components/moment.tsx";
import { PushDialog } from "../../components/push-dialog.tsx";
import { SelectLoaded } from "../../components/select-loaded.tsx";
import { VirtualRows } from "../../components/virtual-rows.tsx";
import { formatCount, idOf } from "../../format/format.ts";
import { payloadText } from "../../format/payload-text.ts";
import type { DeadLetterJson } from "../../source/json.ts";
import type { Pages } from "../../state/pages.ts";
import { hrefOf } from "../../state/router.ts";
import { startJob } from "../../state/run-job.ts";
import type { Selection } from "../../state/selection.ts";
import { canWrite } from "../../state/server.ts";
import { useRowKeys } from "../tasks/use-row-keys.ts";

/** The columns, with the classes that state their widths. */
const COLUMNS: readonly (readonly [title: string, name: string])[] = [
  ["Task", "task"],
  ["Reason", "reason"],
  ["Message", "message"],
  ["Payload", "payload"],
  ["From", "queue"],
  ["Attempts", "number attempts"],
  ["Failed", "time"],
];

interface DeadLetterTableProps {
  readonly pages: Pages<DeadLetterJson>;
  readonly selection: Selection;
}

/** The dead letters, with the reason and the message, and with buttons to redrive or edit each. */
export function DeadLetterTable({ pages, selection }: DeadLetterTableProps): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const { items } = pages.state.value;
  const rows = useMemo(() => ({ pages, selection, focused: undefined }), [pages, selection]);
  const focused = useRowKeys(rows, scroller, "letter");
  const more = useMemo(() => () => void pages.more(), [pages]);
  const [edited, setEdited] = useState<DeadLetterJson>();
  const row = (index: number): JSX.Element | null => {
    const letter = items[index];
    return letter === undefined ? null : (
      <DeadLetterRow
        key={letter.name}
        letter={letter}
        isFocused={letter.name === focused}
        selection={selection}
        onEdit={() => setEdited(letter)}
      />
    );
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="table-wrap scroller" ref={scroller} tabIndex={0} aria-label="Dead letters">
      <table class="table lines letter-rows" aria-rowcount={items.length + 1}>
        <caption class="visually-hidden">Dead letters</caption>
        <thead>
          <tr>
            {canWrite() && (
              <th scope="col" class="choose">
                <SelectLoaded items={items} selection={selection} />
              </th>
            )}
            {COLUMNS.map(([title, name]) => (
              <th scope="col" class={name} key={name}>
                {title}
              </th>
            ))}
            {canWrite() && (
              <th scope="col" class="actions">
                Actions
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          <VirtualRows
            kind="letter"
            count={items.length}
            scroller={scroller}
            row={row}
            columns={COLUMNS.length + 2}
            onEnd={more}
          />
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

interface DeadLetterRowProps {
  readonly letter: DeadLetterJson;
  readonly isFocused: boolean;
  readonly selection: Selection;
  readonly onEdit: () => void;
}

function DeadLetterRow({ letter, isFocused, selection, onEdit }: DeadLetterRowProps): JSX.Element {
  const link = useRef<HTMLAnchorElement>(null);
  // Not after the paint: Enter, pressed next, would open the row before.
  useLayoutEffect(() => {
    if (isFocused) link.current?.focus();
  }, [isFocused]);
  const { name, id, definition, deadLetter, request, createTime } = letter;
  const { reason, message, originalId = id, homeQueue, attempts, lastTime } = deadLetter;
  const isSelected = selection.all.value || selection.names.value.has(name);
  return (
    <tr aria-selected={isSelected}>
      {canWrite() && (
        <td class="choose">
          <input
            type="checkbox"
            aria-label={`Select ${id}`}
            checked={isSelected}
            onChange={() => selection.toggle(name)}
          />
        </td>
      )}
      <td class="clip task">
        <a ref={link} href={hrefOf(["tasks", name])} title={name}>
          {definition ?? "task"} <span class="mono">{originalId}</span>
        </a>
      </td>
      <td class="nowrap reason">{reason}</td>
      <td class="clip message" title={message}>
        {message}
      </td>
      <td class="clip mono payload">{payloadText(request?.preview ?? "")}</td>
      <td class="clip queue">{homeQueue === undefined ? "" : idOf(homeQueue)}</td>
      <td class="number attempts">{attempts === undefined ? "" : formatCount(attempts)}</td>
      <td class="nowrap time">
        <Moment time={lastTime ?? createTime} isPast />
      </td>
      {canWrite() && (
        <td class="nowrap actions">
          <ActionButton
            class="small"
            label={`Redrive ${id}`}
            action={() => startJob({ action: "redrive", tasks: [name] })}
          >
            Redrive
          </ActionButton>{" "}
          <button type="button" class="button small" aria-label={`Edit ${id}`} onClick={onEdit}>
            Edit
          </button>
        </td>
      )}
    </tr>
  );
}
