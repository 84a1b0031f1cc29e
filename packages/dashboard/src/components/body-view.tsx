import type { JSX } from "preact";
import { shownBytes } from "../format/body-size.ts";
import { formatBytes } from "../format/format.ts";
import { prettyJson } from "../format/pretty-json.ts";
import type { BodyJson } from "../source/json.ts";
import { ActionButton } from "./action-button.tsx";
import { CopyButton } from "./copy-button.tsx";

interface BodyViewProps {
  readonly body: BodyJson;
  readonly label: string;
  /** Reads the whole body. Offered if the end of the body is missing. */
  readonly onWhole?: (() => Promise<void>) | undefined;
}

/** A body as text, indented if it is JSON. Its text is never treated as HTML. */
export function BodyView({ body, label, onWhole }: BodyViewProps): JSX.Element {
  const { body: text, bodyEncoding, bodySize, bodyNote, isBodyCut: isCut = false } = body;
  const shown = bodyEncoding === "text" ? (prettyJson(text) ?? text) : text;
  return (
    <section class="stack tight" aria-label={label}>
      <div class="row spread">
        <h3>
          {label} <span class="muted">{formatBytes(bodySize)}</span>
        </h3>
        <CopyButton label={isCut ? "Copy this part" : "Copy"} text={() => text} />
      </div>
      {bodyNote !== undefined && <p class="muted">{bodyNote}</p>}
      {bodyEncoding === "base64" && <p class="muted">Not text; shown in base64.</p>}
      {bodySize === 0 ? (
        <p class="muted">Empty</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <pre class="code" dir="auto" tabIndex={0}>
          {shown}
        </pre>
      )}
      {isCut && (
        <p class="row">
          <span class="muted">
            The first {formatBytes(shownBytes(body))} are shown{onWhole === undefined && "; the rest was not kept"}.
          </span>
          {onWhole !== undefined && <ActionButton action={onWhole}>Show everything</ActionButton>}
        </p>
      )}
    </section>
  );
}
