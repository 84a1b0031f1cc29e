import { inspect, styleText } from "node:util";
import type { PushOptions, Task } from "cloudtask";
import type { SeenDelivery } from "./delivery-log.ts";
import { errorMessage } from "./error-message.ts";

type Style = Parameters<typeof styleText>[0];

const startedAt = performance.now();
const { env, stdout } = process;

/** Whether lines may be redrawn in place. */
export const isTerminal = stdout.isTTY === true && env.TERM !== "dumb";

/** https://no-color.org and https://force-color.org */
const isColoured = env.NO_COLOR ? false : env.FORCE_COLOR ? env.FORCE_COLOR !== "0" : isTerminal && stdout.hasColors();

/** As wide as the longest name of a task. */
const TASK_WIDTH = 18;

const OUTCOME_STYLE = { success: "green", discarded: "yellow", error: "red" } as const;

let live = "";

export function paint(style: Style, text: string): string {
  return isColoured ? styleText(style, text, { validateStream: false }) : text;
}

/** How wide the terminal is; some pretend to be 0 wide. */
export function columns(): number {
  return stdout.columns || 80;
}

/** Prints a line, above the live one. */
export function print(line = ""): void {
  stdout.write(`${erase()}${line}\n${live}`);
}

/** Shows a line below all others, in place of the one before. Only for a terminal. */
export function showLive(line: string): void {
  stdout.write(`${erase()}${line}`);
  live = line;
}

/** Makes the live line an ordinary one. */
export function keepLive(): void {
  if (live !== "") stdout.write("\n");
  live = "";
}

function erase(): string {
  return live === "" ? "" : "\r\u001b[2K";
}

/** What happens, a line each: when, what kind of thing, and what. */
export const log = {
  heading(text: string): void {
    print(`\n${paint("bold", text)}`);
  },

  push(task: Task, { name, delay }: PushOptions): void {
    const how = [name && `name: "${name}"`, delay && `delay: "${delay}"`].filter(Boolean).join(", ");
    const payload = inspect(task.payload, { breakLength: Number.POSITIVE_INFINITY });
    line("push", "cyan", `${column(task.definition)}  ${paint("dim", payload)}${how && `  ${how}`}`);
  },

  delivery({ task, attempt, waitedMs, status, outcome }: SeenDelivery): void {
    const style = OUTCOME_STYLE[outcome];
    const which = waitedMs === undefined ? `attempt ${attempt}` : `attempt ${attempt}, ${waitedMs} ms later`;
    line("deliver", style, `${column(task)}  ${which}: ${paint(style, `${status} ${outcome}`)}`);
  },

  /** Something a handler or a hook has to say. */
  warn(text: string): void {
    line("worker", "yellow", text);
  },

  /** Something that can be seen from outside. */
  seen(text: string): void {
    line("seen", "magenta", text);
  },

  /** Something that should not have happened. */
  failed(error: unknown): void {
    keepLive();
    line("failed", "red", errorMessage(error));
  },
};

/** Since the demo began. */
export function elapsedSeconds(): number {
  return (performance.now() - startedAt) / 1000;
}

function column(task: string): string {
  return task.padEnd(TASK_WIDTH);
}

function line(kind: string, style: Style, text: string): void {
  const seconds = elapsedSeconds().toFixed(3);
  print(`${paint("dim", `${seconds.padStart(8)}s`)}  ${paint(style, kind.padEnd(7))}  ${text}`);
}
