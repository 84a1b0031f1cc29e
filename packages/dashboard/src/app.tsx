import type { JSX } from "preact";
import { Navigation } from "./components/navigation.tsx";
import { ThemeButton } from "./components/theme-button.tsx";
import { hrefOf, route } from "./state/router.ts";

export function App(): JSX.Element {
  return (
    <div class="app">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href={hrefOf([])}>
          cloudtask
        </a>
        <ThemeButton />
      </header>
      <Navigation />
      <main class="main" id="main" tabIndex={-1}>
        <h1>{route.value.path[0] ?? "Overview"}</h1>
      </main>
    </div>
  );
}
