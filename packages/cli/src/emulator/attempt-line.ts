import type { AttemptFinished, EmulatorEvents } from "@cloudtask/emulator";
import { printableText } from "cloudtask/internal";
import type { Terminal, Tone } from "../terminal.ts";
import { type Answer, answerMessage } from "./answer-message.ts";

type Started = Extract<EmulatorEvents["attempt"], { readonly phase: "started" }>;

/** The parts of a finished attempt that are shown. The JSON of the emulator has them too. */
interface Finished
  extends Pick<
    AttemptFinished,
    "phase" | "at" | "task" | "attempt" | "durationMs" | "outcome" | "status" | "error" | "retryAt"
  > {
  readonly definition?: string | undefined;
  readonly discarded?: boolean | undefined;
  readonly request: { readonly url: string } | undefined;
  readonly response: Answer | undefined;
}

type AttemptEvent = Started | Finished;

/** Options of `attemptLine`. */
export interface AttemptView {
  readonly paint: Terminal["paint"];
  /** `projects/P/locations/L/queues/`, omitted from the names of tasks. */
  readonly prefix: string;
  /** Whether to show the date, because the clock of the emulator is not that of the machine. */
  readonly hasDate: boolean;
}

/**
 * Formats an attempt as `17:24:40.123  send-mail  mail/42  attempt 2  503  12 ms  busy: retry in 200 ms`. The text of targets is
 * escaped, because it could control the terminal.
 */
export function attemptLine(event: AttemptEvent, { paint, prefix, hasDate }: AttemptView): string {
  const columns = [
    paint("dim", clockTime(event.at, hasDate)),
    shortName(event.task, prefix),
    `attempt ${event.attempt}`,
  ];
  if (event.phase === "started") return [...columns, paint("dim", "started")].join("  ");
  const [time = "", ...others] = columns;
  const definition = event.definition === undefined ? [] : [paint("strong", printableText(event.definition, 100))];
  const url = event.status === 404 && event.request ? [printableText(event.request.url, 300)] : [];
  const status = [paint(toneOf(event), String(event.status ?? "no answer")), ...url];
  return [
    time,
    ...definition,
    ...others,
    ...status,
    paint("dim", lengthText(event.durationMs)),
    outcomeText(event),
  ].join("  ");
}

/** Formats a task that was not created as `17:24:40.123  mail/42  not created, the name is taken`. */
export function nameTakenLine(
  { at, task }: EmulatorEvents["nameTaken"],
  { paint, prefix, hasDate }: AttemptView,
): string {
  return [
    paint("dim", clockTime(at, hasDate)),
    shortName(task, prefix),
    paint("warn", "not created, the name is taken"),
  ].join("  ");
}

/** Formats a call whose queue does not exist. The names are in full: often only the project or the location is another one. */
export function queueNotFoundLine(
  { at, queue, existing }: EmulatorEvents["queueNotFound"],
  { paint, hasDate }: Pick<AttemptView, "paint" | "hasDate">,
): string {
  const time = paint("dim", clockTime(at, hasDate));
  const found = existing.length === 0 ? "it has no queue" : `it has ${existing.join(", ")}`;
  return [time, paint("warn", `the emulator has no queue ${printableText(queue, 300)}; ${found}`)].join("  ");
}

function shortName(task: string, prefix: string): string {
  return (task.startsWith(prefix) ? task.slice(prefix.length) : task).replace("/tasks/", "/");
}

/** Formats milliseconds as `12 ms`, `1.5 s`, `2 min`, `3.5 h` or `2 d`. */
export function lengthText(ms: number): string {
  const [size, unit] = UNITS.find(([least]) => ms >= least) ?? [1, "ms"];
  const count = ms / size;
  return `${count < 10 && size > 1 ? Math.round(count * 10) / 10 : Math.round(count)} ${unit}`;
}

const UNITS: readonly (readonly [ms: number, unit: string])[] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
];

function toneOf({ outcome, discarded }: Finished): Tone {
  if (outcome === "succeeded") return discarded ? "bad" : "good";
  return outcome === "retrying" ? "warn" : "bad";
}

function outcomeText(event: Finished): string {
  const { outcome, discarded, error, at, retryAt } = event;
  if (outcome === "succeeded" && !discarded) return "done";
  const reason = error === undefined ? answerMessage(event.response) : printableText(error, 300);
  // The message of our worker begins with it.
  if (discarded && reason.startsWith("discarded")) return reason;
  if (discarded) return reason === "" ? "discarded" : `discarded: ${reason}`;
  const why = reason === "" ? "" : `${reason}: `;
  if (outcome === "ignored") return `${why}ignored, the task was deleted`;
  if (outcome === "exhausted") return `${why}failed, no attempts left`;
  return `${why}${retryAt === undefined ? "retry later" : `retry in ${lengthText(Math.max(0, retryAt - at))}`}`;
}

/** Formats a time of the emulator's clock, in the machine's time zone. */
function clockTime(at: number, hasDate: boolean): string {
  const date = new Date(at);
  const two = (part: number): string => String(part).padStart(2, "0");
  const day = hasDate ? `${[date.getFullYear(), date.getMonth() + 1, date.getDate()].map(two).join("-")} ` : "";
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${day}${time}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
