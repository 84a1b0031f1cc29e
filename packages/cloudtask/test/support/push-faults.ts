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

/** One way in which a create goes wrong. */
interface PushFault {
  readonly fault: string;
  /** Lets the next creates go wrong, so many of them. */
  readonly strike: (scene: PushScene, times: number) => unknown;
  /** Whether the task is there all the same. */
  readonly acts: boolean;
}

/** One after which the call is repeated. */
interface PassingFault extends PushFault {
  /** How long a push takes that meets it once, with the longest wait that chance can bring. */
  readonly ms: number;
  /** Where it lasts: how many sends there are, over how long, and what the push rejects with. */
  readonly lasting: { readonly sends: number; readonly ms: number; readonly error: object };
  /** Whether a task may exist after it. */
  readonly doubtful: boolean;
}

/** One that ends the push. */
interface FinalFault extends PushFault {
  readonly error: object;
  /** Whether a task may exist after it. */
  readonly doubtful: boolean;
}

/** Waits of 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5 and 5 s; one more would pass the 20 s. */
const AT_ONCE = { sends: 9, ms: 16_300 };
/** Waits of 3 s, the sixth of 3.2 s as without being asked; the seventh, 5 s, would pass the 20 s. */
const AFTER_3_S = { sends: 7, ms: 18_200 };
/** The second send gets what the first one left of the 20 s. */
const TIMED_OUT = { sends: 2, ms: 20_000 };

/** By the proxy. */
function played(play: Play | ((call: Parameters<Play>[0], scene: PushScene) => unknown)): PushFault["strike"] {
  return (scene, times) => {
    let left = times;
    const struck: Play = (call) => play(call, scene);
    scene.proxy.plan = (_, method) => (method === "POST" && left-- > 0 ? struck : pass);
  };
}

type Effect =
  | { readonly status: "INTERNAL" | "UNAVAILABLE" | "DEADLINE_EXCEEDED"; readonly after: boolean }
  | { readonly drop: true; readonly after: boolean };

/** By the emulator. */
function told(effect: Effect): PushFault["strike"] {
  return ({ emulator }, times) => {
    const fault: CallFault = {
      on: "CreateTask",
      times: times === Number.POSITIVE_INFINITY ? "always" : times,
      ...effect,
    };
    emulator.faults.add(fault);
  };
}

const answerNever = played((_, { time }) => time.passUntilTimeout());
const answerNeverAfter = played(async (call, { time }) => {
  await call.act();
  time.passUntilTimeout();
});
const answerTooLate = played(async (call, { time }) => {
  const answer = await call.act();
  time.passUntilTimeout();
  await call.gone();
  call.answer(answer);
});

const broken = { ms: 100, lasting: { ...AT_ONCE, error: { code: "NETWORK_ERROR" } }, doubtful: true };
const silent = { ms: 10_100, lasting: { ...TIMED_OUT, error: { code: "TIMEOUT" } }, doubtful: true };

function failed(httpStatus: number): Pick<PassingFault, "ms" | "lasting" | "doubtful"> {
  return { ms: 100, lasting: { ...AT_ONCE, error: { code: "API_ERROR", httpStatus } }, doubtful: true };
}

const busy = { ms: 100, lasting: { ...AT_ONCE, error: { code: "API_ERROR", httpStatus: 429 } }, doubtful: false };
const wait = { "retry-after": "3" };
const asked = (httpStatus: number) => ({ ...AFTER_3_S, error: { code: "API_ERROR", httpStatus, retryAfterMs: 3_000 } });

/** What a push gets over, unless it lasts. */
export const passingFaults: readonly PassingFault[] = [
  { fault: "a reset before the API acts", strike: played(resetBefore), acts: false, ...broken },
  { fault: "a reset after the API acted", strike: played(resetAfter), acts: true, ...broken },
  { fault: "a hang-up before the API acts", strike: told({ drop: true, after: false }), acts: false, ...broken },
  { fault: "a hang-up after the API acted", strike: told({ drop: true, after: true }), acts: true, ...broken },
  { fault: "half an answer", strike: played(half), acts: true, ...broken },
  { fault: "half an answer in chunks", strike: played(halfChunked), acts: true, ...broken },
  { fault: "half the head of an answer", strike: played(halfHead), acts: true, ...broken },
  { fault: "an answer that is no HTTP", strike: played(nonsense), acts: true, ...broken },
  { fault: "a time-out before the API acts", strike: answerNever, acts: false, ...silent },
  { fault: "a time-out after the API acted", strike: answerNeverAfter, acts: true, ...silent },
  { fault: "an answer beyond the time-out", strike: answerTooLate, acts: true, ...silent },
  { fault: "429", strike: played(rejectedWith(429)), acts: false, ...busy },
  {
    fault: "429 with Retry-After",
    strike: played(rejectedWith(429, { headers: wait })),
    acts: false,
    ms: 3_000,
    lasting: asked(429),
    doubtful: false,
  },
  {
    fault: "503 with Retry-After",
    strike: played(rejectedWith(503, { headers: wait })),
    acts: false,
    ms: 3_000,
    lasting: asked(503),
    doubtful: true,
  },
  { fault: "500 before the API acts", strike: told({ status: "INTERNAL", after: false }), acts: false, ...failed(500) },
  { fault: "500 after the API acted", strike: told({ status: "INTERNAL", after: true }), acts: true, ...failed(500) },
  { fault: "503 before it", strike: told({ status: "UNAVAILABLE", after: false }), acts: false, ...failed(503) },
  { fault: "503 after it", strike: told({ status: "UNAVAILABLE", after: true }), acts: true, ...failed(503) },
  { fault: "504 after it", strike: told({ status: "DEADLINE_EXCEEDED", after: true }), acts: true, ...failed(504) },
  { fault: "the page of a proxy, 502", strike: played(rejectedWith(502, page(502))), acts: false, ...failed(502) },
];

const NO_TASK = ["null", "[]", '"ok"', "17", "{}", '{"name":17}', '{"name":""}'];
const redirects = [301, 302, 303, 307, 308];
const unreadable = { error: { code: "API_ERROR", httpStatus: 200 }, doubtful: true };

/** What no repeat helps against. An answer that does not name the task confirms nothing. */
export const finalFaults: readonly FinalFault[] = [
  { fault: "JSON cut short", strike: played(answeredAfter({ body: '{"name":' })), acts: true, ...unreadable },
  { fault: "half an answer, untold", strike: played(halfUnframed), acts: true, ...unreadable },
  { fault: "an empty answer", strike: played(answeredAfter({ body: "" })), acts: true, ...unreadable },
  { fault: "a page for an answer", strike: played(answeredAfter(page(200))), acts: true, ...unreadable },
  { fault: "a page, and no task", strike: played(rejectedWith(200, page(200))), acts: false, ...unreadable },
  { fault: "{} for an answer", strike: played(answeredAfter({ body: "{}" })), acts: true, ...unreadable },
  ...NO_TASK.map((body) => ({
    fault: `${body}, and no task`,
    strike: played(rejectedWith(200, { body })),
    acts: false,
    ...unreadable,
  })),
  ...redirects.map((status) => ({
    fault: `a redirect, ${status}`,
    strike: played(rejectedWith(status, { headers: { location: "/v2/elsewhere" } })),
    acts: false,
    error: { code: "API_ERROR", httpStatus: status },
    doubtful: false,
  })),
];

function page(status: number): { readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  return { headers: { "content-type": "text/html" }, body: `<html><title>${status} from a proxy</title></html>` };
}
