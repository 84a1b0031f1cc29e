import type { JSX } from "preact";
import type { Selection } from "../state/selection.ts";

interface SelectLoadedProps {
  readonly items: readonly { readonly name: string }[];
  readonly selection: Selection;
}

/** A checkbox that selects all loaded rows of a list, or none. */
export function SelectLoaded({ items, selection }: SelectLoadedProps): JSX.Element {
  const isChecked = selection.all.value || (items.length > 0 && selection.names.value.size === items.length);
  const change = (): void => {
    if (isChecked) selection.clear();
    else selection.select(items.map(({ name }) => name));
  };
  return <input type="checkbox" aria-label="Select all loaded rows" checked={isChecked} onChange={change} />;
}
