import type { JSX } from "preact";
import { type Theme, theme } from "../state/theme.ts";

const NEXT: Readonly<Record<Theme, Theme>> = { system: "light", light: "dark", dark: "system" };
const LABEL: Readonly<Record<Theme, string>> = { system: "Auto", light: "Light", dark: "Dark" };

/** Switches between the system's colours, light and dark. */
export function ThemeButton(): JSX.Element {
  const { value } = theme;
  return (
    <button
      type="button"
      class="button plain"
      aria-label={`Colours: ${LABEL[value]}. Change`}
      onClick={() => {
        theme.value = NEXT[value];
      }}
    >
      {LABEL[value]}
    </button>
  );
}
