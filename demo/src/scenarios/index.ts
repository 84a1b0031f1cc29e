import type { Scenario } from "../scenario.ts";
import { burst } from "./burst.ts";
import { databaseSession } from "./database-session.ts";
import { deadLetter } from "./dead-letter.ts";
import { named } from "./named.ts";
import { plainTask } from "./plain-task.ts";
import { retried } from "./retried.ts";
import { scheduled } from "./scheduled.ts";

export const scenarios: readonly Scenario[] = [
  plainTask,
  databaseSession,
  scheduled,
  named,
  retried,
  deadLetter,
  burst,
];
