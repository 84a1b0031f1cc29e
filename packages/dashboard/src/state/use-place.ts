import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

/** How far each entry of the browser's history is scrolled, in pixels. */
const places = new Map<string, number>();

/** The browser would restore the place before the data has arrived, in a page that is too short. */
history.scrollRestoration = "manual";

const USER_EVENTS = ["wheel", "touchstart", "keydown", "pointerdown"] as const;

/** Shows a new view from its top, and a view to which the user returns as it was left. Gives the focus to a new view. */
export function usePlace(main: RefObject<HTMLElement | null>, entry: string): void {
  useLayoutEffect(() => {
    const wanted = places.get(entry) ?? 0;
    const restore = (): void => window.scrollTo(0, wanted);
    const observer = new ResizeObserver(restore);
    const stop = (): void => observer.disconnect();
    restore();
    if (wanted > 0) observer.observe(document.body);
    // The focused element can be a link of the view before.
    if (document.activeElement === document.body) main.current?.focus({ preventScroll: true });
    const keep = (): void => void places.set(entry, window.scrollY);
    window.addEventListener("scroll", keep, { passive: true });
    for (const name of USER_EVENTS) window.addEventListener(name, stop, { passive: true });
    return () => {
      stop();
      window.removeEventListener("scroll", keep);
      for (const name of USER_EVENTS) window.removeEventListener(name, stop);
    };
  }, [main, entry]);
}
