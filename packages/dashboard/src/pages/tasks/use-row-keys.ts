import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { type RowKind, rowHeight } from "../../components/row-height.ts";
import { isTyping } from "../../state/is-typing.ts";
import type { Pages } from "../../state/pages.ts";
import { hrefOf, navigate } from "../../state/router.ts";
import type { Selection } from "../../state/selection.ts";
import { canWrite } from "../../state/server.ts";

/** Elements that Enter activates by itself. */
const ACTIVE = "a, button, input, summary";

/** A list whose rows can have the focus. */
interface FocusableRows {
  readonly pages: Pages<{ readonly name: string }>;
  readonly selection: Selection;
  /** The full name of the task whose row has the focus. */
  focused: string | undefined;
}

/**
 * Moves between rows by keyboard, unless the user types in a field.
 *
 * @returns the name of the focused row
 */
export function useRowKeys(
  feed: FocusableRows,
  scroller: RefObject<HTMLElement | null>,
  kind: RowKind,
): string | undefined {
  const [focused, setFocused] = useState(feed.focused);
  // Not after the paint: a key that is pressed as soon as the rows are there would be lost.
  useLayoutEffect(() => {
    const { selection } = feed;
    const move = (by: number): void => {
      const { items } = feed.pages.state.peek();
      const current = items.findIndex(({ name }) => name === feed.focused);
      const index = Math.max(0, Math.min(current + by, items.length - 1));
      // A row that is far away is not in the document.
      scrollTo(scroller.current, index * rowHeight(kind), rowHeight(kind));
      feed.focused = items[index]?.name;
      setFocused(feed.focused);
    };
    const actions: Readonly<Record<string, (name: string) => void>> = {
      x: (name) => canWrite() && selection.toggle(name),
      Enter: (name) => !document.activeElement?.matches(ACTIVE) && open(name),
    };
    const onKey = (event: KeyboardEvent): void => {
      if (isTyping(event)) return;
      if (event.key === "j") move(1);
      else if (event.key === "k") move(-1);
      else if (feed.focused !== undefined) actions[event.key]?.(feed.focused);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [feed, scroller]);
  return focused;
}

function open(name: string): void {
  navigate(hrefOf(["tasks", name]));
}

/** Scrolls so far that a row is in view. The header covers the first row of the view. */
function scrollTo(element: HTMLElement | null, top: number, height: number): void {
  if (element === null) return;
  const isAbove = top < element.scrollTop;
  const isBelow = top + 2 * height > element.scrollTop + element.clientHeight;
  if (isAbove) element.scrollTop = top;
  else if (isBelow) element.scrollTop = top + 2 * height - element.clientHeight;
}
