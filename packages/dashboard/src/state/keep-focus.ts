/**
 * Keeps the place of the focus if the element that has it is removed, for example a button that disappears when its action ends.
 * Without this, the focus moves to the document, and users of a screen reader or keyboard lose their place.
 */
export function keepFocus(root: HTMLElement): void {
  let focused: Element | undefined;
  let parents: readonly HTMLElement[] = [];
  root.addEventListener("focusin", ({ target }) => {
    focused = target as Element;
    parents = parentsOf(focused, root);
  });
  root.addEventListener("focusout", ({ target }) => {
    // The user left the element, unless it is removed. The observer runs before a timer.
    setTimeout(() => {
      if (focused === target && focused?.isConnected) focused = undefined;
    });
  });
  new MutationObserver(() => {
    if (focused === undefined || focused.isConnected || document.activeElement !== document.body) return;
    focused = undefined;
    const place = parents.find((element) => element.isConnected);
    if (place === undefined) return;
    if (!place.hasAttribute("tabindex")) place.tabIndex = -1;
    place.focus({ preventScroll: true });
  }).observe(root, { childList: true, subtree: true });
}

/** Returns the elements around an element, the nearest first. */
function parentsOf(element: Element, root: HTMLElement): readonly HTMLElement[] {
  const parents: HTMLElement[] = [];
  for (let each = element.parentElement; each !== null && each !== root; each = each.parentElement) parents.push(each);
  return parents;
}
