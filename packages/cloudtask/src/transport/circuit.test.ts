import fc from "fast-check";
import { expect, test } from "vitest";
import { failureOf } from "../../test/support/failure.ts";
import { ApiError, type CircuitOpenError, CloudTaskError, NetworkError, TimeoutError } from "../index.ts";
import { type CircuitOptions, circuitPolicy, withCircuit } from "./circuit.ts";
import type { ApiCall, Transport } from "./transport.ts";

const CALL: ApiCall = { method: "POST", path: "projects/p", what: "push" };

function refused(httpStatus: number, status: ApiError["status"]): ApiError {
  return new ApiError(status, { status, httpStatus, apiMessage: "" });
}

const down = refused(503, "UNAVAILABLE");

/** A transport that is told how its next calls end, on a clock that is turned by hand. */
function scene(options: CircuitOptions = {}) {
  const held: { readonly answer: () => void; readonly fail: (reason: unknown) => void }[] = [];
  let [nowMs, sent, closed] = [0, 0, false];
  let outcome: unknown;
  const inner: Transport = {
    call: () => {
      sent += 1;
      if (outcome === "hold") {
        return new Promise((resolve, reject) => {
          held.push({ answer: () => resolve({ body: {}, attempts: 1 }), fail: reject });
        });
      }
      return outcome === undefined ? Promise.resolve({ body: {}, attempts: 1 }) : Promise.reject(outcome);
    },
    close: async () => {
      closed = true;
    },
  };
  const transport = withCircuit(inner, circuitPolicy(options, false), () => nowMs);
  /** Makes calls one after the other, each to end so. */
  async function calls(...outcomes: readonly unknown[]): Promise<unknown[]> {
    const results: unknown[] = [];
    for (const each of outcomes) {
      outcome = each;
      results.push(
        await transport.call(CALL).then(
          () => "ok",
          (error: CloudTaskError) => error.code,
        ),
      );
    }
    return results;
  }
  return {
    transport,
    calls,
    held,
    hold: () => {
      outcome = "hold";
      return transport.call(CALL);
    },
    pass: (ms: number) => {
      nowMs += ms;
    },
    sent: () => sent,
    closed: () => closed,
  };
}

test("after so many calls that failed in a row, none is sent, and the error says why and for how long", async () => {
  const { calls, transport, sent, pass } = scene({ failures: 3, cooldown: "10s" });
  await calls(down, down, down);
  pass(4_000);
  const error = await failureOf<CircuitOpenError>(transport.call(CALL));
  expect(sent()).toBe(3);
  expect(error).toMatchObject({ name: "CircuitOpenError", code: "CIRCUIT_OPEN", retryAfterMs: 6_000, cause: down });
  expect(error.message).toBe(
    "Could not push: nothing was sent, because the last 3 calls of the Cloud Tasks API failed; the next call is sent in 6s. " +
      "The last failure: UNAVAILABLE",
  );
});

test("once the cooldown is over one call is sent to see; its answer lets all pass again", async () => {
  const { calls, hold, held, transport, sent, pass } = scene({ failures: 1, cooldown: "10s" });
  await calls(down);
  pass(10_000);
  const probe = hold();
  const meanwhile = await failureOf<CircuitOpenError>(transport.call(CALL));
  expect(meanwhile).toMatchObject({ code: "CIRCUIT_OPEN", retryAfterMs: 0 });
  expect(meanwhile.message).toContain("a call is on its way to see");
  held[0]?.answer();
  await probe;
  expect(await calls(undefined, down)).toEqual(["ok", "API_ERROR"]);
  expect(sent()).toBe(4);
});

test("where nothing is ever heard of that call, another one is sent after a minute", async () => {
  const { calls, hold, pass } = scene({ failures: 1, cooldown: "10s" });
  await calls(down);
  pass(10_000);
  void hold();
  pass(59_999);
  expect(await calls(undefined)).toEqual(["CIRCUIT_OPEN"]);
  pass(1);
  expect(await calls(undefined, undefined)).toEqual(["ok", "ok"]);
});

test("where that call fails too, all are refused for another cooldown", async () => {
  const { calls, pass, sent } = scene({ failures: 2, cooldown: "10s" });
  await calls(down, down);
  pass(10_000);
  expect(await calls(down, undefined)).toEqual(["API_ERROR", "CIRCUIT_OPEN"]);
  pass(9_999);
  expect(await calls(undefined)).toEqual(["CIRCUIT_OPEN"]);
  pass(1);
  expect(await calls(undefined, undefined)).toEqual(["ok", "ok"]);
  expect(sent()).toBe(5);
});

test("a call that was given up tells nothing: the next one is sent to see", async () => {
  const { calls, pass } = scene({ failures: 1, cooldown: "10s" });
  await calls(down);
  pass(10_000);
  expect(await calls(new CloudTaskError("ABORTED", "given up"), undefined)).toEqual(["ABORTED", "ok"]);
});

test("an answer to a call that was on its way when it opened lets all pass again", async () => {
  const { calls, hold, held } = scene({ failures: 1 });
  const early = hold();
  await calls(down);
  held[0]?.answer();
  await early;
  expect(await calls(undefined)).toEqual(["ok"]);
});

test.each<[string, unknown, boolean]>([
  ["429", refused(429, "RESOURCE_EXHAUSTED"), false],
  ["500", refused(500, "INTERNAL"), true],
  ["504", refused(504, "DEADLINE_EXCEEDED"), true],
  ["a broken connection", new NetworkError("reset"), true],
  ["no answer in time", new TimeoutError("late", 10_000), true],
  ["NOT_FOUND", refused(404, "NOT_FOUND"), false],
  ["INVALID_ARGUMENT", refused(400, "INVALID_ARGUMENT"), false],
  ["ALREADY_EXISTS", refused(409, "ALREADY_EXISTS"), false],
  ["PERMISSION_DENIED", refused(403, "PERMISSION_DENIED"), false],
  ["UNAUTHENTICATED", refused(401, "UNAUTHENTICATED"), false],
  ["no credentials", new CloudTaskError("CREDENTIALS_UNAVAILABLE", "none"), false],
  ["its signal", new CloudTaskError("ABORTED", "given up"), false],
  ["an error of no family", new Error("bug"), false],
])("calls that fail by %s open it: %#", async (_, failure, opens) => {
  const { calls } = scene({ failures: 2 });
  await calls(failure, failure, failure);
  expect(await calls(undefined)).toEqual([opens ? "CIRCUIT_OPEN" : "ok"]);
});

test("a refusal between failures shows that the API is there", async () => {
  const { calls } = scene({ failures: 2 });
  expect(await calls(down, refused(404, "NOT_FOUND"), down, undefined)).toEqual([
    "API_ERROR",
    "API_ERROR",
    "API_ERROR",
    "ok",
  ]);
});

test("a call that is made once goes past it, and counts for nothing", async () => {
  const { calls, transport, sent } = scene({ failures: 1 });
  await calls(down);
  await failureOf(transport.call({ ...CALL, once: true }));
  expect(sent()).toBe(2);
});

test("it closes with its transport", async () => {
  const { transport, closed } = scene();
  await transport.close();
  expect(closed()).toBe(true);
});

type Event = { readonly passMs: number; readonly outcome: "answer" | "refusal" | "down" };

test("whatever happens, a call is refused only within the cooldown after so many failures in a row", async () => {
  const events = fc.array(
    fc.record<Event>({
      passMs: fc.constantFrom(0, 1, 4_999, 5_000, 20_000),
      outcome: fc.constantFrom("answer", "refusal", "down", "down", "down"),
    }),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), events, async (failures, played) => {
      const { calls, pass } = scene({ failures, cooldown: 5_000 });
      const outcomes = { answer: undefined, refusal: refused(404, "NOT_FOUND"), down };
      let [nowMs, inARow, failedAtMs] = [0, 0, 0];
      for (const { passMs, outcome } of played) {
        nowMs += passMs;
        pass(passMs);
        const expected = inARow >= failures && nowMs < failedAtMs + 5_000;
        const [result] = await calls(outcomes[outcome]);
        expect(result === "CIRCUIT_OPEN").toBe(expected);
        const failed = !expected && outcome === "down";
        inARow = failed ? inARow + 1 : expected ? inARow : 0;
        failedAtMs = failed ? nowMs : failedAtMs;
      }
    }),
  );
});

test.each<[string, unknown, RegExp]>([
  ["no failures", { failures: 0 }, /circuit.failures must be a whole number of 1 or more, received 0/],
  ["half a failure", { failures: 1.5 }, /received 1.5/],
  ["a cooldown in words", { cooldown: "a while" }, /circuit.cooldown: expected a duration/],
  ["an unknown option", { threshold: 5 }, /circuit: unknown option "threshold"/],
  ["true", true, /circuit: options must be an object, received boolean/],
])("%s is refused", (_, options, message) => {
  expect(() => circuitPolicy(options as CircuitOptions, false)).toThrow(message);
});

test("there is one by default, unless the calls go to an emulator", () => {
  expect(circuitPolicy(undefined, false)).toEqual({ failures: 5, cooldownMs: 10_000 });
  expect(circuitPolicy(undefined, true)).toBeUndefined();
  expect(circuitPolicy(false, false)).toBeUndefined();
  expect(circuitPolicy({}, true)).toEqual({ failures: 5, cooldownMs: 10_000 });
});
