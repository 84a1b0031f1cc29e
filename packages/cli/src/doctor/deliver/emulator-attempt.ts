import type { AttemptJson, AttemptsJson } from "../../attempts/inspect-json.ts";
import type { EmulatorApi } from "../../place/emulator-api.ts";
import { type Finding, failed } from "../check.ts";
import type { Setup } from "../setup.ts";
import { foreignAnswer } from "../worker/foreign-answer.ts";
import { explainOwnAnswer } from "../worker/own-answer.ts";
import { readWorkerAnswer } from "../worker/worker-answer.ts";

/** Explains the last attempt of a ping from the history of an emulator, which keeps the whole answer. */
export async function explainAttempt(emulator: EmulatorApi, task: string, setup: Setup): Promise<Finding | undefined> {
  const { attempts } = await emulator.get<AttemptsJson>("/inspect/attempts", { task, limit: "1" });
  const [attempt] = attempts;
  if (attempt === undefined) return undefined;
  const { response, status } = attempt;
  if (response === undefined || status === undefined) return notReached(attempt, setup);
  if (response.redirectedTo !== undefined) return redirected(response.redirectedTo, status, setup);
  const own = readWorkerAnswer(status, response.body);
  if (own?.isPong)
    return {
      status: "ok",
      message: `the emulator delivered a ping in ${attempt.durationMs} ms, and the worker accepted it`,
    };
  if (own) return explainOwnAnswer(own, setup);
  const headers = new Headers(response.headers.map(([name, value]): [string, string] => [name, value]));
  return foreignAnswer({ url: setup.url ?? "", status, headers, body: response.body });
}

/** Cloud Tasks follows a redirect, and repeats the call as a GET without the body. */
function redirected(target: string, status: number, { url }: Setup): Finding {
  return failed(`${url} redirects to ${target}, which answers ${status}`, `set \`url\` to ${target}`);
}

/** The worker check calls the URL from this machine. The emulator may be in a container, where `localhost` is the container. */
function notReached({ error = "no answer" }: AttemptJson, { url = "" }: Setup): Finding {
  if (error.includes("redirect")) return failed(`${url} cannot be called: ${error}`, "see the check `worker`");
  const { hostname } = new URL(url);
  const isLocal = /^(?:localhost|127\.|\[::1\])/.test(hostname);
  return failed(
    `the emulator cannot reach ${url}: ${error}`,
    isLocal
      ? "if the worker runs and the emulator is in a container, start the emulator with --rewrite-host localhost=host.docker.internal"
      : "check `url` from the machine or the container of the emulator",
  );
}
