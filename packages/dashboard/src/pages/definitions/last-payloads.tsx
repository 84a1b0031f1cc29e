import type { JSX } from "preact";
import { Moment } from "../../components/moment.tsx";
import { idOf } from "../../format/format.ts";
import { payloadText } from "../../format/payload-text.ts";
import type { PayloadJson } from "../../source/json.ts";
import { hrefOf } from "../../state/router.ts";
import { useHeld } from "../../state/use-held.ts";

interface LastPayloadsProps {
  readonly payloads: readonly PayloadJson[];
  /** Opens the form with a payload. */
  readonly onPush: (payload: PayloadJson) => void;
}

/** The last payloads of a definition. They do not move while the pointer or the focus is on them. */
export function LastPayloads({ payloads, onPush }: LastPayloadsProps): JSX.Element {
  const [shown, handlers] = useHeld(payloads);
  if (shown.length === 0) return <p class="muted">The payloads of its tasks are no longer known.</p>;
  return (
    <ul class="payloads" aria-label="Last payloads" {...handlers}>
      {shown.map((payload) => (
        <li key={payload.task}>
          <a class="mono" href={hrefOf(["tasks", payload.task])} dir="auto">
            {payloadText(payload.preview ?? payload.body) || `task ${idOf(payload.task)}`}
          </a>
          <span class="muted nowrap">
            <Moment time={payload.createTime} isPast />
          </span>
          <button type="button" class="button" onClick={() => onPush(payload)}>
            Push again
          </button>
        </li>
      ))}
    </ul>
  );
}
