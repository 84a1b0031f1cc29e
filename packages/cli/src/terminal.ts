import type { WriteStream } from "node:tty";
import { styleText } from "node:util";

/** What a text means, which decides its colour. */
export type Tone = "good" | "warn" | "bad" | "dim" | "strong";

/** Where a command writes. */
export interface Terminal {
  /** A line on stdout: what was asked for. */
  out(line: string): void;
  /** A line on stderr: what went wrong. */
  err(line: string): void;
  /** @returns the text in its colour, where stdout shows colours */
  paint(tone: Tone, text: string): string;
}

/** What a stream that nobody reads may hold before lines are dropped: an emulator runs for days. */
const MAX_WAITING_BYTES = 1_048_576;

const STYLES = { good: "green", warn: "yellow", bad: "red", dim: "dim", strong: "bold" } as const;

/** A terminal on the streams of a process. A reader that goes away, `| head` say, does not end the command. */
export function terminal({ stdout, stderr, env }: NodeJS.Process): Terminal {
  stdout.on("error", ignore);
  stderr.on("error", ignore);
  const isColoured = isColourful(stdout, env);
  return {
    out: (line) => write(stdout, line),
    err: (line) => write(stderr, line),
    paint: (tone, text) => (isColoured ? styleText(STYLES[tone], text, { validateStream: false }) : text),
  };
}

/** https://no-color.org and https://force-color.org */
function isColourful(stdout: WriteStream, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  return stdout.isTTY === true && env.TERM !== "dumb" && stdout.hasColors();
}

function write(stream: NodeJS.WritableStream & { readonly writableLength: number }, line: string): void {
  if (stream.writableLength < MAX_WAITING_BYTES) stream.write(`${line}\n`);
}

function ignore(): void {}
