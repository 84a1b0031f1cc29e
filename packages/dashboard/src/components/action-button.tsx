import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";

interface ActionButtonProps {
  readonly action: () => Promise<unknown>;
  readonly children: ComponentChildren;
  readonly class?: string;
  /** The name of the button for screen readers, if its text alone is ambiguous. */
  readonly label?: string;
}

/** A button that runs an action at once, and shows its error beside it. */
export function ActionButton({ action, children, class: tone = "", label }: ActionButtonProps): JSX.Element {
  const [running, setRunning] = useState(false);
  const [error, setError] = useState<string>();
  const run = async (): Promise<void> => {
    if (running) return;
    setRunning(true);
    setError(undefined);
    try {
      await action();
    } catch (failure) {
      setError((failure as Error).message);
    }
    setRunning(false);
  };
  return (
    <>
      {/* A button that is really disabled would lose the focus. */}
      <button
        type="button"
        class={`button ${tone}`}
        aria-disabled={running}
        aria-label={label}
        onClick={() => void run()}
      >
        {children}
      </button>
      {error !== undefined && (
        <span class="notice bad wrap" role="alert">
          {error}
        </span>
      )}
    </>
  );
}
