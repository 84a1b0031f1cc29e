import type { Send } from "../dispatch/running-attempt.ts";

/** Loses the request: it is not sent to the target. */
export const lostRequest: Send = () => {
  return Promise.resolve({
    kind: "unreachable",
    reason: "a fault of the emulator dropped the request before it was sent",
  });
};

/** Answers with a status. The request is not sent to the target. */
export function answerInstead(status: number): Send {
  const body = new TextEncoder().encode(`a fault of the emulator answered ${status}; the request was not sent`);
  return (_attempt, _request, observer) => {
    const headers = [["Content-Type", "text/plain"]] as const;
    observer.onResponse({ status, headers, body: body.subarray(0, observer.bodyBytes), size: body.length });
    return Promise.resolve({ kind: "answered", status, notBefore: undefined });
  };
}

/** Sends the request and loses the answer of the target. */
export function withoutAnswer(send: Send): Send {
  return async (attempt, request, observer) => {
    const result = await send(attempt, request, {
      signal: observer.signal,
      bodyBytes: 0,
      onRequest: (sent) => observer.onRequest(sent),
      onResponse: () => undefined,
      pause: (ms) => observer.pause(ms),
      addBackgroundWork: (work) => observer.addBackgroundWork(work),
    });
    if (result.kind !== "answered") return result;
    return {
      kind: "unreachable",
      reason: `a fault of the emulator dropped the answer; the target answered ${result.status}`,
    };
  };
}

/** Sends the request later. */
export function sendLate(send: Send, ms: number): Send {
  return async (attempt, request, observer) => {
    await observer.pause(ms);
    if (observer.signal.aborted)
      return { kind: "unreachable", reason: "the attempt ended before the delayed request was sent" };
    return send(attempt, request, observer);
  };
}

/** Sends the request twice at the same time. The first result counts. */
export function sendTwice(send: Send): Send {
  return (attempt, request, observer) => {
    const both = [send(attempt, request, observer), send(attempt, request, observer)];
    observer.addBackgroundWork(Promise.all(both));
    return Promise.race(both);
  };
}
