import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { isTyping } from "../state/is-typing.ts";
import { hrefOf, navigate } from "../state/router.ts";
import { availablePages } from "./navigation.tsx";

const SECOND_KEY_MS = 1_500;

/** The keys that work on every page, and a dialog that lists all keys. */
export function Shortcuts(): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  useLayoutEffect(() => {
    const actions: Readonly<Record<string, () => void>> = {
      "?": () => setOpen(true),
      Escape: () => document.querySelector<HTMLElement>("main")?.focus(),
      "/": () => document.querySelector<HTMLInputElement>("#search")?.focus(),
    };
    let startedAt = 0;
    const onKey = (event: KeyboardEvent): void => {
      if (isTyping(event)) return;
      const isSecondKey = Date.now() - startedAt < SECOND_KEY_MS;
      startedAt = event.key === "g" ? Date.now() : 0;
      const action = (isSecondKey ? pageAction(event.key) : undefined) ?? actions[event.key];
      if (action === undefined) return;
      // Otherwise the key would be typed into the search field.
      event.preventDefault();
      action();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <button
        type="button"
        class="button plain"
        aria-label="Help: keyboard shortcuts"
        title="Keyboard shortcuts"
        onClick={() => setOpen(true)}
      >
        ?
      </button>
      {isOpen && <ShortcutDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function pageAction(key: string): (() => void) | undefined {
  const page = availablePages().find((each) => each.key === key);
  return page && (() => navigate(hrefOf(page.name === "" ? [] : [page.name])));
}

function ShortcutDialog({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const keys: readonly (readonly [string, string])[] = [
    ["/", "search"],
    ["j, k", "next and previous row"],
    ["x", "select the row"],
    ["Enter", "open the row"],
    ["Esc", "leave a field, close a dialog"],
    ...availablePages().map(({ key, title }) => [`g ${key}`, title] as const),
    ["?", "this help"],
  ];
  return (
    <dialog ref={dialog} aria-labelledby="shortcuts" onClose={onClose}>
      <div class="stack">
        <h2 id="shortcuts">Keyboard</h2>
        <dl class="facts">
          {keys.map(([key, text]) => (
            <>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{text}</dd>
            </>
          ))}
        </dl>
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  );
}
