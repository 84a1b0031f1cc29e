import type { JSX } from "preact";
import { nextTheme, type Theme, theme } from "../state/theme.ts";

const LABEL: Readonly<Record<Theme, string>> = { system: "auto", light: "light", dark: "dark" };

const TITLE: Readonly<Record<Theme, string>> = {
  system: "Colours as in the system",
  light: "Light colours",
  dark: "Dark colours",
};

/** Switches between the system's colours, light and dark. */
export function ThemeButton(): JSX.Element {
  const { value } = theme;
  return (
    <button type="button" class="button plain" title={TITLE[value]} onClick={nextTheme}>
      <span class="long">Colours: </span>
      {LABEL[value]}
    </button>
  );
}
