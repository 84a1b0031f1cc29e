import type { Page } from "playwright-core";

/** The controls that are outside of the screen, unless they are in a region that scrolls by itself, or smaller than WCAG 2.2 asks. */
export function misplaced(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("button, input, select, a, summary")].flatMap((element) => {
      const { left, right, width, height } = element.getBoundingClientRect();
      const isHidden = width === 0 || element.closest(".table-wrap, .tabs, nav, .visually-hidden") !== null;
      const isInText = element.tagName === "A" || element.matches("[type=checkbox]");
      const isSmall = !isInText && (width < 24 || height < 24);
      if (isHidden || (left >= 0 && right <= innerWidth && !isSmall)) return [];
      return [`${element.outerHTML.slice(0, 80)} ${left}-${right} ${width}×${height}`];
    }),
  );
}
