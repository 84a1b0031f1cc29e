import type { CallFault } from "@cloudtask/emulator";
import { type Play, pass } from "./fault-proxy.ts";
import {
  answeredAfter,
  half,
  halfChunked,
  halfHead,
  halfUnframed,
  nonsense,
  rejectedWith,
  resetAfter,
  resetBefore,
} from "./plays.ts";
import type { PushScene } from "./push-scene.ts";

/** A failure of a create. */
interface PushFault {
  readonly fault: string;
  /** Makes this many of the next creates fail. */
  readonly strike: (scene: PushScene, times: number) => unknown;
  /** Whether the task is created despite the failure. */
  readonly acts: boolean;
}

/** A failure that is retried. */
interface TransientFault extends PushFault {
  /** The duration of a push with one such failure, with the longest random wait, in milliseconds. */
  readonly ms: number;
  /** If every create fails: the number of requests, their duration in milliseconds, and the error of the push. */
  readonly lasting: { readonly sends: number; readonly ms: number; readonly error: object };
  /** Whether the task may exist, as far as the client can tell. */
  readonly doubtful: boolean;
}

/** A failure that is not retried. */
interface FinalFault extends PushFault {
  readonly error: object;
  /** Whether the task may exist, as far as the client can tell. */
  readonly doubtful: boolean;
}

/** Waits of 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5 and 5 s. One more would exceed the 20 s. */
const AT_ONCE = { sends: 9, ms: 16_300 };
/** Five waits of 3 s from Retry-After, and one of 3.2 s from the backoff. One more, of 5 s, would exceed the 20 s. */
const AFTER_3_S = { sends: 7, ms: 18_200 };
/** The second request gets the rest of the 20 s. */
const TIMED_OUT = { sends: 2, ms: 20_000 };

/** A failure that the proxy simulates. */
function byProxy(play: Play | ((call: Parameters<Play>[0], scene: PushScene) => unknown)): PushFault["strike"] {
  return (scene, times) => {
    let left = times;
    const struck: Play = (call) => play(call, scene);
    scene.proxy.plan = (_, method) => (method === "POST" && left-- > 0 ? struck : pass);
  };
}

type Effect =
  | { readonly status: "INTERNAL" | "UNAVAILABLE" | "DEADLINE_EXCEEDED"; readonly after: boolean }
  | { readonly drop: true; readonly after: boolean };

/** A failure that the emulator simulates. */
function byEmulator(effect: Effect): PushFault["strike"] {
  return ({ emulator }, times) => {
    const fault: CallFault = {
      on: "CreateTask",
      times: times === Number.POSITIVE_INFINITY ? "always" : times,
      ...effect,
    };
    emulator.faults.add(fault);
  };
}

const answerNever = byProxy((_, { time }) => time.passUntilTimeout());
const answerNeverAfter = byProxy(async (call, { time }) => {
  await call.act();
  time.passUntilTimeout();
});
const answerTooLate = byProxy(async (call, { time }) => {
  const answer = await call.act();
  time.passUntilTimeout();
  await call.gone();
  call.answer(answer);
});

const broken = { ms: 100, lasting: { ...AT_ONCE, error: { code: "NETWORK_ERROR" } }, doubtful: true };
const silent = { ms: 10_100, lasting: { ...TIMED_OUT, error: { code: "TIMEOUT" } }, doubtful: true };

function failed(httpStatus: number): Pick<TransientFault, "ms" | "lasting" | "doubtful"> {
  return { ms: 100, lasting: { ...AT_ONCE, error: { code: "API_ERROR", httpStatus } }, doubtful: true };
}

const busy = { ms: 100, lasting: { ...AT_ONCE, error: { code: "API_ERROR", httpStatus: 429 } }, doubtful: false };
const wait = { "retry-after": "3" };
const retryAfter3s = (httpStatus: number) => ({
  ...AFTER_3_S,
  error: { code: "API_ERROR", httpStatus, retryAfterMs: 3_000 },
});

/** Failures that a push survives, unless they persist. */
export const transientFaults: readonly TransientFault[] = [
  { fault: "a reset before the API acts", strike: byProxy(resetBefore), acts: false, ...broken },
  { fault: "a reset after the API acted", strike: byProxy(resetAfter), acts: true, ...broken },
  {
    fault: "a closed connection before the API acts",
    strike: byEmulator({ drop: true, after: false }),
    acts: false,
    ...broken,
  },
  {
    fault: "a closed connection after the API acted",
    strike: byEmulator({ drop: true, after: true }),
    acts: true,
    ...broken,
  },
  { fault: "half an answer", strike: byProxy(half), acts: true, ...broken },
  { fault: "half an answer in chunks", strike: byProxy(halfChunked), acts: true, ...broken },
  { fault: "half the head of an answer", strike: byProxy(halfHead), acts: true, ...broken },
  { fault: "an answer that is not HTTP", strike: byProxy(nonsense), acts: true, ...broken },
  { fault: "a timeout before the API acts", strike: answerNever, acts: false, ...silent },
  { fault: "a timeout after the API acted", strike: answerNeverAfter, acts: true, ...silent },
  { fault: "an answer after the timeout", strike: answerTooLate, acts: true, ...silent },
  { fault: "429", strike: byProxy(rejectedWith(429)), acts: false, ...busy },
  {
    fault: "429 with Retry-After",
    strike: byProxy(rejectedWith(429, { headers: wait })),
    acts: false,
    ms: 3_000,
    lasting: retryAfter3s(429),
    doubtful: false,
  },
  {
    fault: "503 with Retry-After",
    strike: byProxy(rejectedWith(503, { headers: wait })),
    acts: false,
    ms: 3_000,
    lasting: retryAfter3s(503),
    doubtful: true,
  },
  {
    fault: "500 before the API acts",
    strike: byEmulator({ status: "INTERNAL", after: false }),
    acts: false,
    ...failed(500),
  },
  {
    fault: "500 after the API acted",
    strike: byEmulator({ status: "INTERNAL", after: true }),
    acts: true,
    ...failed(500),
  },
  {
    fault: "503 before the API acts",
    strike: byEmulator({ status: "UNAVAILABLE", after: false }),
    acts: false,
    ...failed(503),
  },
  {
    fault: "503 after the API acted",
    strike: byEmulator({ status: "UNAVAILABLE", after: true }),
    acts: true,
    ...failed(503),
  },
  {
    fault: "504 after the API acted",
    strike: byEmulator({ status: "DEADLINE_EXCEEDED", after: true }),
    acts: true,
    ...failed(504),
  },
  { fault: "a proxy's page, 502", strike: byProxy(rejectedWith(502, page(502))), acts: false, ...failed(502) },
];

const NO_TASK = ["null", "[]", '"ok"', "17", "{}", '{"name":17}', '{"name":""}'];
const redirects = [301, 302, 303, 307, 308];
const unreadable = { error: { code: "API_ERROR", httpStatus: 200 }, doubtful: true };

/** Failures that a retry cannot fix. An answer without the name of the task does not confirm it. */
export const finalFaults: readonly FinalFault[] = [
  { fault: "truncated JSON", strike: byProxy(answeredAfter({ body: '{"name":' })), acts: true, ...unreadable },
  { fault: "half an answer of unknown length", strike: byProxy(halfUnframed), acts: true, ...unreadable },
  { fault: "an empty answer", strike: byProxy(answeredAfter({ body: "" })), acts: true, ...unreadable },
  { fault: "a page instead of the answer", strike: byProxy(answeredAfter(page(200))), acts: true, ...unreadable },
  { fault: "a page, without a task", strike: byProxy(rejectedWith(200, page(200))), acts: false, ...unreadable },
  { fault: "{} instead of the answer", strike: byProxy(answeredAfter({ body: "{}" })), acts: true, ...unreadable },
  ...NO_TASK.map((body) => ({
    fault: `${body}, without a task`,
    strike: byProxy(rejectedWith(200, { body })),
    acts: false,
    ...unreadable,
  })),
  ...redirects.map((status) => ({
    fault: `a redirect, ${status}`,
    strike: byProxy(rejectedWith(status, { headers: { location: "/v2/elsewhere" } })),
    acts: false,
    error: { code: "API_ERROR", httpStatus: status },
    doubtful: false,
  })),
];

function page(status: number): { readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  return { headers: { "content-type": "text/html" }, body: `<html><title>${status} from a proxy</title></html>` };
}
