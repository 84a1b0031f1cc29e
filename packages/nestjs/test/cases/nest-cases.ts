import type { NestCase } from "../support/nest-scene.ts";
import { CLOSE_CASES } from "./close-cases.ts";
import { CONTEXT_CASES } from "./context-cases.ts";
import { DISPOSE_CASES } from "./dispose-cases.ts";
import { FROM_NEST_CASES } from "./from-nest-cases.ts";
import { LIFECYCLE_CASES } from "./lifecycle-cases.ts";
import { MISTAKE_CASES } from "./mistake-cases.ts";
import { ON_TASK_CASES } from "./on-task-cases.ts";

/** Behaviour of the NestJS module beyond that of every adapter. */
export const NEST_CASES: readonly NestCase[] = [
  ...ON_TASK_CASES,
  ...MISTAKE_CASES,
  ...FROM_NEST_CASES,
  ...CONTEXT_CASES,
  ...DISPOSE_CASES,
  ...LIFECYCLE_CASES,
  ...CLOSE_CASES,
];
