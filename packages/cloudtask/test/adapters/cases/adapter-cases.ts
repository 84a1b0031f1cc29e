import type { AdapterCase } from "../../support/adapter-scene.ts";
import { ANSWER_CASES } from "./answer-cases.ts";
import { BODY_CASES } from "./body-cases.ts";
import { CONNECTION_CASES } from "./connection-cases.ts";
import { FACT_CASES } from "./fact-cases.ts";
import { LIFE_CASES } from "./life-cases.ts";
import { OUTCOME_CASES } from "./outcome-cases.ts";
import { REFUSAL_CASES } from "./refusal-cases.ts";
import { TRANSFER_CASES } from "./transfer-cases.ts";

/** The behaviour of a mounted worker in every framework. */
export const ADAPTER_CASES: readonly AdapterCase[] = [
  ...BODY_CASES,
  ...TRANSFER_CASES,
  ...FACT_CASES,
  ...OUTCOME_CASES,
  ...REFUSAL_CASES,
  ...ANSWER_CASES,
  ...LIFE_CASES,
  ...CONNECTION_CASES,
];
