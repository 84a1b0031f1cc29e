import { useRef, useState } from "preact/hooks";

/** Handlers for the element that shows a value. */
export interface HoldHandlers {
  readonly onPointerEnter: () => void;
  readonly onPointerLeave: () => void;
  readonly onFocusCapture: () => void;
  readonly onBlurCapture: (event: FocusEvent) => void;
}

/**
 * Keeps a value while the pointer or the focus is in the element that shows it, so nothing moves under them.
 *
 * @returns the value to show, and the handlers of its element
 */
export function useHeld<T>(value: T): readonly [shown: T, handlers: HoldHandlers] {
  const [isHeld, setHeld] = useState(false);
  const shown = useRef(value);
  if (!isHeld) shown.current = value;
  return [
    shown.current,
    {
      onPointerEnter: () => setHeld(true),
      onPointerLeave: () => setHeld(false),
      onFocusCapture: () => setHeld(true),
      onBlurCapture: ({ currentTarget, relatedTarget }) => {
        const isInside = (currentTarget as Element).contains(relatedTarget as Node | null);
        if (!isInside) setHeld(false);
      },
    },
  ];
}
