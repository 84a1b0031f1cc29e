/** `cloudtask attempts` and `cloudtask logs`. They are loaded together when one runs. */
export { listAttempts } from "./list-attempts.ts";
export { listFailures } from "./list-failures.ts";
export { showLogs } from "./show-logs.ts";
