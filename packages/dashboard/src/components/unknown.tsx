import type { ComponentChildren, JSX } from "preact";

/** A value, or the word "unknown" if the source does not state it. Unknown is never shown as zero or as empty. */
export function Unknown({ children }: { readonly children?: ComponentChildren }): JSX.Element {
  if (children !== undefined) return <>{children}</>;
  return (
    <span class="muted" title="Google Cloud does not state this">
      unknown
    </span>
  );
}
