import { environment } from "../../core/environment.ts";
import { warnProcess } from "../../core/warn-process.ts";

/** The time after which a task counts as forgotten, in milliseconds. */
const LIMIT_MS = 10_000;

/** A created task that was not pushed so far. It does not refer to the task, which may be garbage-collected. */
interface Unpushed {
  readonly definition: string;
  readonly createdMs: number;
}

/** In the order of creation. */
const unpushed = new Set<Unpushed>();
/** The definitions for which a warning was printed. */
const warned = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;
let listensForExit = false;

/**
 * Warns in development if a task is created and then forgotten, as in `await sendWelcomeEmail({ … })` without `push()`. It warns
 * once per definition, 10 s after the creation or when the process ends.
 */
export class UnpushedWarning {
  readonly #enabled = environment("NODE_ENV") === "development";

  /** Watches a task that was just created. Returns the function to call when it is pushed or run, if a warning is possible. */
  watch(definition: string): (() => void) | undefined {
    if (!this.#enabled || warned.has(definition)) return undefined;
    const entry = { definition, createdMs: performance.now() };
    unpushed.add(entry);
    if (timer === undefined) startTimer(LIMIT_MS);
    listenForExit();
    return () => void unpushed.delete(entry);
  }
}

/** The timer does not keep the process running. */
function startTimer(ms: number): void {
  timer = setTimeout(() => {
    timer = undefined;
    const limit = performance.now() - LIMIT_MS;
    report((entry) => entry.createdMs <= limit);
    const [next] = unpushed;
    if (next !== undefined) startTimer(Math.max(1, next.createdMs - limit));
  }, ms);
  (timer as { readonly unref?: () => void }).unref?.();
}

function listenForExit(): void {
  if (listensForExit) return;
  listensForExit = true;
  const { process } = globalThis as {
    readonly process?: { readonly on?: (event: "beforeExit", listener: () => void) => unknown };
  };
  process?.on?.("beforeExit", () => report(() => true));
}

function report(isForgotten: (entry: Unpushed) => boolean): void {
  for (const entry of unpushed) {
    if (!isForgotten(entry)) continue;
    unpushed.delete(entry);
    if (warned.has(entry.definition)) continue;
    warned.add(entry.definition);
    warnProcess(
      `cloudtask: a task of "${entry.definition}" was created, but neither pushed nor run. Creating a task does nothing: call ` +
        "push() or execute(), or pass it to client.pushMany().",
    );
  }
}
