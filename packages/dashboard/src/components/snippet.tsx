import type { JSX } from "preact";
import { CopyButton } from "./copy-button.tsx";

/** Code to copy. */
export function Snippet({ text }: { readonly text: string }): JSX.Element {
  return (
    <div class="code snippet">
      <pre>{text}</pre>
      <CopyButton text={() => text} />
    </div>
  );
}
