import type { JSX } from "preact";
import { BodyView } from "../../components/body-view.tsx";
import { Facts } from "../../components/facts.tsx";
import { HeaderTable } from "../../components/header-table.tsx";
import { Moment } from "../../components/moment.tsx";
import { firstLineOf } from "../../format/answer-text.ts";
import { formatCount, formatDuration } from "../../format/format.ts";
import type { AttemptJson } from "../../source/json.ts";
import { StatusBadge } from "../../words/status-text.tsx";
import { TokenClaims } from "./token-claims.tsx";

/** An attempt: a line with its outcome, and on request everything that was sent and answered. */
export function AttemptDetails({ attempt }: { readonly attempt: AttemptJson }): JSX.Element {
  const { id, request, response, retryTime, forced, latenessMs } = attempt;
  return (
    <details class="card" id={`attempt-${id}`}>
      <summary>
        <strong>Attempt {formatCount(attempt.attempt)}</strong> <StatusBadge attempt={attempt} />{" "}
        {attempt.discarded && <span class="badge bad">discarded</span>} <Moment time={attempt.dispatchTime} />{" "}
        <span class="muted nowrap">took {formatDuration(attempt.durationMs)}</span>
        <span class="wrap answer">{firstLineOf(attempt)}</span>
      </summary>
      <div class="stack inset">
        <Facts
          of={{
            Outcome: attempt.outcome,
            Started: forced ? "by “run now”" : `${formatDuration(latenessMs)} after its schedule time`,
            "Next attempt": retryTime && (
              <>
                <Moment time={retryTime} /> {attempt.retryAfter ? "(Retry-After)" : "(backoff)"}
              </>
            ),
          }}
        />
        {response === undefined ? (
          <p class="muted">No answer arrived: {attempt.error ?? "unknown reason"}.</p>
        ) : (
          <>
            <HeaderTable headers={response.headers} label={`Answer ${response.status}`} />
            <BodyView body={response} label="Answer body" />
          </>
        )}
        {request === undefined ? (
          <p class="muted">No request was sent.</p>
        ) : (
          <>
            <p class="mono wrap">
              {request.method} {request.url}
            </p>
            <HeaderTable headers={request.headers} label="Request headers" />
            {request.tokenClaims !== undefined && <TokenClaims claims={request.tokenClaims} />}
            <BodyView body={request} label="Request body" />
          </>
        )}
      </div>
    </details>
  );
}
