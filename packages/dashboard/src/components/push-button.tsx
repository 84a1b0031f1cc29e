import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { PushDialog } from "./push-dialog.tsx";

/** Opens the form that pushes a task. */
export function PushButton({ queue }: { readonly queue?: string | undefined }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="button" onClick={() => setOpen(true)}>
        Push a task
      </button>
      {isOpen && <PushDialog queue={queue} onClose={() => setOpen(false)} />}
    </>
  );
}
