import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import type { ComponentChildren, JSX, RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useReducer } from "preact/hooks";
import { type RowKind, rowHeight } from "./row-height.ts";

interface VirtualRowsProps {
  readonly kind: RowKind;
  readonly count: number;
  readonly scroller: RefObject<HTMLElement | null>;
  /** Renders the row at an index. */
  readonly row: (index: number) => ComponentChildren;
  /** The number of columns, for the rows that fill the space above and below. */
  readonly columns: number;
  /** Keeps how far the list is scrolled, and restores it. */
  readonly place?: { scrollTop: number };
  /** Called when the last row comes into view. */
  readonly onEnd: () => void;
}

/** The rows of a table that are in view, so a list of 100,000 tasks renders about 40 rows. */
export function VirtualRows({ kind, count, scroller, row, columns, place, onEnd }: VirtualRowsProps): JSX.Element {
  const height = rowHeight(kind);
  const [, render] = useReducer((version: number) => version + 1, 0);
  const virtualizer = useMemo(
    () =>
      new Virtualizer<HTMLElement, HTMLElement>({
        count: 0,
        getScrollElement: () => scroller.current,
        estimateSize: () => height,
        initialOffset: place?.scrollTop ?? 0,
        overscan: 12,
        scrollToFn: elementScroll,
        observeElementRect,
        observeElementOffset,
        onChange: () => render(undefined),
      }),
    [scroller],
  );
  virtualizer.setOptions({ ...virtualizer.options, count, estimateSize: () => height });
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, height]);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  useLayoutEffect(() => {
    const element = scroller.current;
    if (place === undefined || element === null) return undefined;
    element.scrollTop = place.scrollTop;
    const keep = (): void => {
      place.scrollTop = element.scrollTop;
    };
    element.addEventListener("scroll", keep, { passive: true });
    return () => element.removeEventListener("scroll", keep);
  }, [place, scroller]);
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1);
  const isAtEnd = last !== undefined && last.index >= count - 1;
  useEffect(() => {
    if (isAtEnd) onEnd();
  }, [isAtEnd, count, onEnd]);
  return (
    <>
      <Space height={items[0]?.start ?? 0} columns={columns} />
      {items.map(({ index }) => row(index))}
      <Space height={virtualizer.getTotalSize() - (last?.end ?? 0)} columns={columns} />
    </>
  );
}

function Space({ height, columns }: { readonly height: number; readonly columns: number }): JSX.Element | null {
  if (height <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: the row is empty and has nothing to focus
    <tr aria-hidden="true" class="space">
      <td colSpan={columns} style={{ height: `${height}px` }} />
    </tr>
  );
}
