import type { JsonValue } from "@bufbuild/protobuf";
import { createEmulator, type EmulatorOptions } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { type Call, type Caller, callGrpc, callGrpcBeta, callRest, type Outcome } from "./protocols.ts";

/** The location of the queues. */
export const LOCATION = "projects/local-project/locations/us-central1";

/** The only queue, which is paused, so nothing is dispatched. */
export const QUEUE: string = `${LOCATION}/queues/q`;

/** A queue that does not exist. */
export const NONE: string = `${LOCATION}/queues/none`;

/** An error that a call is answered with. */
export interface ExpectedError {
  readonly code: string;
  readonly message: string;
  readonly details?: readonly JsonValue[];
}

/** A call and its answer, as the real service gave it. */
export interface Fixture {
  readonly when: string;
  /** The calls before it, all of which succeed. */
  readonly given?: readonly Call[];
  readonly call: Call;
  /** Some fields of the answer. */
  readonly answer?: object;
  /** Fields that the answer does not have, as paths with dots. */
  readonly absent?: readonly string[];
  /** The whole answer. */
  readonly exactly?: object;
  readonly error?: ExpectedError;
  /** The headers of the task in the answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The protocol that can express the call; default both. */
  readonly only?: "gRPC" | "REST";
  readonly options?: EmulatorOptions;
}

const protocols: readonly (readonly ["gRPC" | "REST", Caller])[] = [
  ["gRPC", callGrpc],
  ["REST", callRest],
];

/** Runs each fixture that fails over v2beta3 too. */
function runBeta(fixtures: readonly Fixture[]): void {
  const failures = fixtures.flatMap(({ error, only, ...rest }) =>
    error && only !== "REST" ? [{ error, ...rest }] : [],
  );
  if (failures.length === 0) return;
  test.each(failures)("$when (v2beta3)", async ({ given = [], call, error, options }) => {
    await using emulator = await createEmulator({ queues: { q: { paused: true } }, ...options });
    for (const before of given) expect(await callGrpcBeta(emulator, before)).toHaveProperty("answer");
    const outcome = await callGrpcBeta(emulator, call);
    const named = JSON.parse(JSON.stringify(outcome).replaceAll("tasks.v2beta3.", "tasks.v2.")) as Outcome;
    expect(named).toEqual({ error: { details: [], ...error } });
  });
}

/** Runs each fixture over each protocol, and those that fail over v2beta3 too. */
export function runFixtures(fixtures: readonly Fixture[]): void {
  const cases = fixtures.flatMap((fixture) =>
    protocols.flatMap(([protocol, caller]) =>
      fixture.only === undefined || fixture.only === protocol ? [{ ...fixture, protocol, caller }] : [],
    ),
  );
  runBeta(fixtures);
  test.each(cases)(
    "$when ($protocol)",
    async ({ given = [], call, answer, exactly, absent = [], error, headers, caller, options }) => {
      await using emulator = await createEmulator({ queues: { q: { paused: true } }, ...options });
      for (const before of given) expect(await caller(emulator, before)).toHaveProperty("answer");
      const outcome: Outcome = await caller(emulator, call);
      if (exactly) expect(outcome).toEqual({ answer: exactly });
      else if (headers) expect(outcome).toHaveProperty("answer.httpRequest.headers", headers);
      else if (error) expect(outcome).toEqual({ error: { details: [], ...error } });
      else expect(outcome).toMatchObject({ answer });
      for (const path of absent) expect(outcome).not.toHaveProperty(`answer.${path}`);
    },
  );
}

/** The error INVALID_ARGUMENT without details. */
export function invalid(message: string): ExpectedError {
  return { code: "INVALID_ARGUMENT", message };
}
