import type { Check } from "../check.ts";
import { accountCheck } from "./account-check.ts";
import { actAsCheck } from "./act-as-check.ts";
import { apiCheck } from "./api-check.ts";
import { attemptsCheck } from "./attempts-check.ts";
import { audienceCheck } from "./audience-check.ts";
import { clockCheck } from "./clock-check.ts";
import { concurrencyCheck } from "./concurrency-check.ts";
import { credentialsCheck } from "./credentials-check.ts";
import { deadLettersCheck } from "./dead-letters-check.ts";
import { deadlineCheck } from "./deadline-check.ts";
import { environmentCheck } from "./environment-check.ts";
import { invokerCheck } from "./invoker-check.ts";
import { permissionsCheck } from "./permissions-check.ts";
import { queueCheck } from "./queue-check.ts";
import { workerCheck } from "./worker-check.ts";

/** All checks that change nothing, in the order of a delivery. */
export const checks: readonly Check[] = [
  environmentCheck,
  credentialsCheck,
  apiCheck,
  clockCheck,
  queueCheck,
  permissionsCheck,
  accountCheck,
  actAsCheck,
  workerCheck,
  audienceCheck,
  invokerCheck,
  deadlineCheck,
  concurrencyCheck,
  attemptsCheck,
  deadLettersCheck,
];
