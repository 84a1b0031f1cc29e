import type { Send } from "../dispatch/running-attempt.ts";

/** The target never sees the request. */
export const lostRequest: Send = () => {
  return Promise.resolve({ kind: "unreachable", reason: "a fault lost the request: the target never saw it" });
};

/** The target acts, and nobody learns of it. */
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
    return { kind: "unreachable", reason: `a fault lost the answer: the target had answered ${result.status}` };
  };
}

/** The request is sent later. */
export function sendLate(send: Send, ms: number): Send {
  return async (attempt, request, observer) => {
    await observer.pause(ms);
    if (observer.signal.aborted) return { kind: "unreachable", reason: "given up before a fault let the request go" };
    return send(attempt, request, observer);
  };
}

/** The request is sent a second time beside the first, and the first result counts. */
export function sendTwice(send: Send): Send {
  return (attempt, request, observer) => {
    const both = [send(attempt, request, observer), send(attempt, request, observer)];
    observer.addBackgroundWork(Promise.all(both));
    return Promise.race(both);
  };
}
