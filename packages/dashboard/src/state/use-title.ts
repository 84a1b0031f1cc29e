import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** Keeps the title of the document equal to the heading, which can arrive later than its page. */
export function useTitle(main: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = main.current;
    if (element === null) return undefined;
    const update = (): void => {
      const title = element.querySelector("h1")?.textContent;
      document.title = title ? `${title} · cloudtask` : "cloudtask";
    };
    update();
    const observer = new MutationObserver(update);
    observer.observe(element, { childList: true, characterData: true, subtree: true });
    return () => observer.disconnect();
  }, [main]);
}
