import { effect, type Signal, signal } from "@preact/signals";

/** `system` follows the operating system. */
export type Theme = "system" | "light" | "dark";

const KEY = "cloudtask-theme";

/** The chosen theme. It is kept in this browser. */
export const theme: Signal<Theme> = signal(storedTheme());

effect(() => {
  const { value } = theme;
  if (value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = value;
  try {
    localStorage.setItem(KEY, value);
  } catch {
    // Storage can be disabled. Then the choice holds until the page is closed.
  }
});

function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system";
  }
}
