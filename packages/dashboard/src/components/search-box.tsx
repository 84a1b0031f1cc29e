import type { JSX } from "preact";
import { hrefOf, navigate } from "../state/router.ts";

/** Searches all tasks by text in their name, definition, URL and payload. */
export function SearchBox(): JSX.Element {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const text = String(new FormData(form).get("text") ?? "").trim();
    if (text !== "") navigate(hrefOf(["tasks"], { text }));
    form.reset();
    // The next key is a shortcut of the list.
    (document.activeElement as HTMLElement | null)?.blur();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: <search> is not yet known to all screen readers
    <form class="search" role="search" onSubmit={(event) => submit(event as SubmitEvent)}>
      <input
        id="search"
        class="input"
        type="search"
        name="text"
        aria-label="Search all tasks"
        placeholder="Search all tasks  /"
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
      />
    </form>
  );
}
