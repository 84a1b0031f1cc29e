import type { JSX } from "preact";
import { nextTheme, type Theme, theme } from "../state/theme.ts";

const LABEL: Readonly<Record<Theme, string>> = { system: "Auto", light: "Light", dark: "Dark" };

const TITLE: Readonly<Record<Theme, string>> = {
  system: "Colours as in the system",
  light: "Light colours",
  dark: "Dark colours",
};

/** Switches between the system's colours, light and dark. */
export function ThemeButton(): JSX.Element {
  const { value } = theme;
  return (
    <button
      type="button"
      class="button plain"
      aria-label={`${LABEL[value]}: colours, change`}
      title={TITLE[value]}
      onClick={nextTheme}
    >
      {LABEL[value]}
    </button>
  );
}
