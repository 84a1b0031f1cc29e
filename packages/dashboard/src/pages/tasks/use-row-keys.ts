import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ROW_HEIGHT } from "../../components/virtual-rows.tsx";
import type { TaskJson } from "../../source/json.ts";
import { isTyping } from "../../state/is-typing.ts";
import { hrefOf, navigate } from "../../state/router.ts";
import type { Selection } from "../../state/selection.ts";

/** Elements that Enter activates by itself. */
const ACTIVE = "a, button, input, summary";

/**
 * Moves between rows by keyboard, unless the user types in a field.
 *
 * @returns the name of the focused row
 */
export function useRowKeys(
  items: readonly TaskJson[],
  scroller: RefObject<HTMLElement | null>,
  selection: Selection,
): string | undefined {
  const [focused, setFocused] = useState<string>();
  useEffect(() => {
    const move = (by: number): void => {
      const index = Math.max(0, Math.min(items.findIndex(({ name }) => name === focused) + by, items.length - 1));
      // A row that is far away is not in the document.
      scrollTo(scroller.current, index);
      setFocused(items[index]?.name);
    };
    const actions: Readonly<Record<string, () => void>> = {
      j: () => move(1),
      k: () => move(-1),
      x: () => focused !== undefined && selection.toggle(focused),
      Enter: () => focused !== undefined && !document.activeElement?.matches(ACTIVE) && open(focused),
    };
    const onKey = (event: KeyboardEvent): void => {
      if (!isTyping(event)) actions[event.key]?.();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  });
  return focused;
}

function open(name: string): void {
  navigate(hrefOf(["tasks", name]));
}

/** Scrolls so far that a row is in view. The header covers the first row of the view. */
function scrollTo(element: HTMLElement | null, index: number): void {
  if (element === null) return;
  const top = index * ROW_HEIGHT;
  const isAbove = top < element.scrollTop;
  const isBelow = top + 2 * ROW_HEIGHT > element.scrollTop + element.clientHeight;
  if (isAbove) element.scrollTop = top;
  else if (isBelow) element.scrollTop = top + 2 * ROW_HEIGHT - element.clientHeight;
}
