const FIELDS = "input:not([type=checkbox]), textarea, select, dialog";

/** Checks whether a key is meant for a field, a dialog or the browser, and not for a shortcut of the page. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  return event.target instanceof Element && event.target.closest(FIELDS) !== null;
}
