import { signal } from "@preact/signals";

/** The width up to which a row of a list is a card. The styles have the same limit. */
const narrow = matchMedia("(max-width: 720px)");

const isNarrow = signal(narrow.matches);

narrow.addEventListener("change", () => {
  isNarrow.value = narrow.matches;
});

/** The height of a row with one line, in pixels. */
const LINE_HEIGHT = 36;

/** The heights of the cards on narrow screens, in pixels. The styles have the same. */
const CARD_HEIGHTS = { task: 96, letter: 148 } as const;

/** The kind of a row. */
export type RowKind = keyof typeof CARD_HEIGHTS;

/** Returns the height of a row in pixels. All rows of a list have the same, so it is known before a row is rendered. */
export function rowHeight(kind: RowKind): number {
  return isNarrow.value ? CARD_HEIGHTS[kind] : LINE_HEIGHT;
}
