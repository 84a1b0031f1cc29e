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
  /** Whether a person can answer questions: stdin and stderr are terminals. */
  readonly isInteractive: boolean;
  /** Asks a question on stderr and resolves with the line that was typed, which is empty at the end of the input. */
  ask(question: string): Promise<string>;
  /** Replaces the line of progress on stderr, or removes it. Does nothing if stderr is no terminal. */
  progress(text?: string): void;
}

/** Lines are dropped above this, if nobody reads the stream: an emulator may run for days. */
const MAX_WAITING_BYTES = 1_048_576;

const STYLES = { good: "green", warn: "yellow", bad: "red", dim: "dim", strong: "bold" } as const;

/** Creates a terminal on the streams of a process. The command goes on after a reader such as `| head` has closed the stream. */
export function terminal({ stdin, stdout, stderr, env }: NodeJS.Process): Terminal {
  stdout.on("error", ignore);
  stderr.on("error", ignore);
  const isColored = supportsColor(stdout, env);
  return {
    out: (line) => write(stdout, line),
    err: (line) => write(stderr, line),
    columns: stdout.isTTY ? stdout.columns || undefined : undefined,
    isInteractive: stdin.isTTY === true && stderr.isTTY === true,
    ask: (question) => ask(question, stdin, stderr),
    progress: (text) => {
      if (stderr.isTTY) stderr.write(`\r\u001b[K${text?.slice(0, (stderr.columns || 80) - 1) ?? ""}`);
    },
    paint: (tone, text) => (isColored ? styleText(STYLES[tone], text, { validateStream: false }) : text),
  };
}

async function ask(question: string, input: NodeJS.ReadStream, output: NodeJS.WriteStream): Promise<string> {
  const { createInterface } = await import("node:readline");
  const lines = createInterface({ input, output });
  return new Promise((resolve) => {
    // Ctrl-C and Ctrl-D close the interface.
    lines.once("close", () => resolve(""));
    lines.question(question, (answer) => {
      resolve(answer);
      lines.close();
    });
  });
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
