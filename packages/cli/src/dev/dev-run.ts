/** `cloudtask exec` and `cloudtask dev`. They are loaded together when one runs. */
export { runDev } from "./run-dev.ts";
export { runExec } from "./run-exec.ts";
