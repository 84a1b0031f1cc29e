import { inspect, styleText } from "node:util";
import type { PushOptions, Task } from "cloudtask";
import type { ObservedDelivery } from "./delivery-log.ts";
import { errorMessage } from "./error-message.ts";

type Style = Parameters<typeof styleText>[0];

const startedAt = performance.now();
const { env, stdout } = process;

/** `true` if lines can be redrawn in place. */
export const isTerminal = stdout.isTTY === true && env.TERM !== "dumb";

/** https://no-color.org and https://force-color.org */
const isColoured = env.NO_COLOR ? false : env.FORCE_COLOR ? env.FORCE_COLOR !== "0" : isTerminal && stdout.hasColors();

/** The length of the longest task name. */
const TASK_WIDTH = 18;

const OUTCOME_STYLE = { success: "green", discarded: "yellow", error: "red" } as const;

let live = "";

export function paint(style: Style, text: string): string {
  return isColoured ? styleText(style, text, { validateStream: false }) : text;
}

/** The width of the terminal. Some terminals report 0. */
export function columns(): number {
  return stdout.columns || 80;
}

/** Prints a line, above the live line. */
export function print(line = ""): void {
  stdout.write(`${erase()}${line}\n${live}`);
}

/** Shows a line below all others, and replaces the previous live line. Requires a terminal. */
export function showLive(line: string): void {
  stdout.write(`${erase()}${line}`);
  live = line;
}

/** Turns the live line into an ordinary one. */
export function keepLive(): void {
  if (live !== "") stdout.write("\n");
  live = "";
}

function erase(): string {
  return live === "" ? "" : "\r\u001b[2K";
}

/** Prints one line per event: the time, the kind of event and a text. */
export const log = {
  heading(text: string): void {
    print(`\n${paint("bold", text)}`);
  },

  push(task: Task, { name, delay }: PushOptions): void {
    const how = [name && `name: "${name}"`, delay && `delay: "${delay}"`].filter(Boolean).join(", ");
    const payload = inspect(task.payload, { breakLength: Number.POSITIVE_INFINITY });
    line("push", "cyan", `${column(task.definition)}  ${paint("dim", payload)}${how && `  ${how}`}`);
  },

  delivery({ task, attempt, waitedMs, status, outcome }: ObservedDelivery): void {
    const style = OUTCOME_STYLE[outcome];
    const which = waitedMs === undefined ? `attempt ${attempt}` : `attempt ${attempt}, after ${waitedMs} ms`;
    line("deliver", style, `${column(task)}  ${which}: ${paint(style, `${status} ${outcome}`)}`);
  },

  /** A message of a handler or a hook. */
  warn(text: string): void {
    line("worker", "yellow", text);
  },

  /** An observed effect. */
  result(text: string): void {
    line("result", "magenta", text);
  },

  /** An unexpected error. */
  failed(error: unknown): void {
    keepLive();
    line("failed", "red", errorMessage(error));
  },
};

/** Seconds since the start of the demo. */
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
