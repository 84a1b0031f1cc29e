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

/** Chooses the next theme. The first choice differs from the system's colours, so every choice can be seen. */
export function nextTheme(): void {
  const order: readonly Theme[] = matchMedia("(prefers-color-scheme: dark)").matches
    ? ["system", "light", "dark"]
    : ["system", "dark", "light"];
  theme.value = order[(order.indexOf(theme.peek()) + 1) % order.length] ?? "system";
}

function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system";
  }
}
