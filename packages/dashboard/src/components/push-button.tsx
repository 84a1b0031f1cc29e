import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { canWrite } from "../state/server.ts";
import { PushDialog } from "./push-dialog.tsx";

/** Opens the form that pushes a task. */
export function PushButton({ queue }: { readonly queue?: string | undefined }): JSX.Element | null {
  const [isOpen, setOpen] = useState(false);
  if (!canWrite()) return null;
  return (
    <>
      <button type="button" class="button" onClick={() => setOpen(true)}>
        Push a task
      </button>
      {isOpen && <PushDialog queue={queue} onClose={() => setOpen(false)} />}
    </>
  );
}
