import type { WriteStream } from "node:tty";
import { styleText } from "node:util";

/** The meaning of a text, which decides its color. */
export type Tone = "good" | "warn" | "bad" | "dim" | "strong";

/** The output of a command. */
export interface Terminal {
  /** Writes a line of results to stdout. */
  out(line: string): void;
  /** Writes a line about an error to stderr. */
  err(line: string): void;
  /** Returns the text in its color if stdout shows colors, otherwise unchanged. */
  paint(tone: Tone, text: string): string;
  /** The width of stdout; `undefined` if it is no terminal. */
  readonly columns: number | undefined;
}

/** Lines are dropped above this, if nobody reads the stream: an emulator may run for days. */
const MAX_WAITING_BYTES = 1_048_576;

const STYLES = { good: "green", warn: "yellow", bad: "red", dim: "dim", strong: "bold" } as const;

/** Creates a terminal on the streams of a process. The command goes on after a reader such as `| head` has closed the stream. */
export function terminal({ stdout, stderr, env }: NodeJS.Process): Terminal {
  stdout.on("error", ignore);
  stderr.on("error", ignore);
  const isColored = supportsColor(stdout, env);
  return {
    out: (line) => write(stdout, line),
    err: (line) => write(stderr, line),
    columns: stdout.isTTY ? stdout.columns || undefined : undefined,
    paint: (tone, text) => (isColored ? styleText(STYLES[tone], text, { validateStream: false }) : text),
  };
}

/** https://no-color.org and https://force-color.org */
function supportsColor(stdout: WriteStream, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  return stdout.isTTY === true && env.TERM !== "dumb" && stdout.hasColors();
}

function write(stream: NodeJS.WritableStream & { readonly writableLength: number }, line: string): void {
  if (stream.writableLength < MAX_WAITING_BYTES) stream.write(`${line}\n`);
}

function ignore(): void {}
