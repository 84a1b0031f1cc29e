import { type FileHandle, mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { errorMessage } from "cloudtask/internal";
import type { AttemptFinished } from "../emulator-events.ts";
import { readAttempt } from "./read-attempt.ts";
import { readLines } from "./read-lines.ts";

/** How long attempts wait to be written together, in milliseconds: what a crash may take along. */
const WAIT_MS = 200;

/** So many are masked and written at once: others have their turn in between. */
const AT_ONCE = 20;

const FILES = ["history.1.jsonl", "history.2.jsonl"] as const;

/** When a file is full: a journal takes twice as much at most. */
export interface FileLimits {
  readonly attempts: number;
  readonly bytes: number;
}

/** An attempt as it was found, with the length of its line. */
export interface FoundAttempt {
  readonly attempt: AttemptFinished;
  readonly bytes: number;
}

interface FileContents {
  readonly which: number;
  readonly found: readonly FoundAttempt[];
  readonly bytes: number;
}

/**
 * Keeps attempts on disk: a line of JSON each, in two files, of which the older is emptied when the newer is full. Nothing waits
 * for it. A crash may cost what was not written yet; a line that it left unfinished is passed over. Where the disk fails,
 * attempts are lost, `problem` says why, and the next ones are tried again.
 */
export class Journal {
  readonly #dir: string;
  readonly #limits: FileLimits;
  #which = 0;
  #file: FileHandle | undefined;
  #attempts = 0;
  #bytes = 0;
  #isLineOpen = false;
  #pending: AttemptFinished[] = [];
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #problem: string | undefined;

  private constructor(dir: string, limits: FileLimits) {
    this.#dir = dir;
    this.#limits = limits;
  }

  /**
   * @param dir - where to keep it; made where it does not exist
   * @param limits - of each file
   * @returns the journal, and what it holds, the oldest first
   * @throws what the file system said
   */
  static async open(dir: string, limits: FileLimits): Promise<{ journal: Journal; found: readonly FoundAttempt[] }> {
    await mkdir(dir, { recursive: true });
    const contents = await Promise.all(FILES.map((name, which) => readFile(join(dir, name), which)));
    const inOrder = contents.sort((a, b) => firstId(a) - firstId(b));
    const journal = new Journal(dir, limits);
    const newest = inOrder.findLast(({ bytes }) => bytes > 0);
    await journal.#open(newest?.which ?? 0, "a");
    journal.#attempts = newest?.found.length ?? 0;
    journal.#bytes = newest?.bytes ?? 0;
    // The last line may lack its end; an empty line does no harm.
    journal.#isLineOpen = journal.#bytes > 0;
    return { journal, found: inOrder.flatMap(({ found }) => found) };
  }

  /** Why attempts were lost most recently; undefined since one was written again. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Writes an attempt, soon. */
  append(attempt: AttemptFinished): void {
    this.#pending.push(attempt);
    // Where the disk cannot follow, the oldest are those that the memory forgets first, too.
    if (this.#pending.length > this.#limits.attempts) this.#pending.shift();
    this.#timer ??= setTimeout(() => void this.flushed(), WAIT_MS).unref();
  }

  /** Forgets everything. */
  clear(): void {
    this.#pending = [];
    this.#do(async () => {
      await this.#open(1 - this.#which, "w");
      await this.#open(1 - this.#which, "w");
    });
  }

  /** Writes what waits; settles when it is written, or lost. */
  flushed(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#pending;
    this.#pending = [];
    return this.#do(async () => {
      for (let from = 0; from < batch.length; from += AT_ONCE) await this.#write(batch.slice(from, from + AT_ONCE));
    });
  }

  /** Writes what waits, and closes the files. */
  async close(): Promise<void> {
    await this.flushed();
    await this.#do(async () => {
      await this.#file?.close();
      this.#file = undefined;
    });
  }

  /** One thing after the other. */
  #do(job: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(job).catch((error: unknown) => {
      this.#problem = errorMessage(error);
    });
    return this.#work;
  }

  async #write(attempts: readonly AttemptFinished[]): Promise<void> {
    if (!this.#file) return;
    const isFull = this.#attempts >= this.#limits.attempts || this.#bytes >= this.#limits.bytes;
    if (isFull) await this.#open(1 - this.#which, "w");
    const lines = attempts.map((attempt) => `${JSON.stringify(attempt)}\n`).join("");
    const bytes = Buffer.from(this.#isLineOpen ? `\n${lines}` : lines);
    this.#isLineOpen = true;
    await this.#file.appendFile(bytes);
    this.#isLineOpen = false;
    this.#attempts += attempts.length;
    this.#bytes += bytes.length;
    this.#problem = undefined;
  }

  async #open(which: number, flags: "a" | "w"): Promise<void> {
    const file = await open(join(this.#dir, FILES[which] ?? FILES[0]), flags, 0o600);
    await this.#file?.close();
    this.#file = file;
    this.#which = which;
    this.#attempts = 0;
    this.#bytes = 0;
    this.#isLineOpen = false;
  }
}

async function readFile(path: string, which: number): Promise<FileContents> {
  const found: FoundAttempt[] = [];
  let bytes = 0;
  try {
    for await (const lines of readLines(path)) {
      for (const line of lines) {
        bytes += line.length + 1;
        const attempt = readAttempt(line);
        if (attempt) found.push({ attempt, bytes: line.length });
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return { which, found, bytes };
}

function firstId({ found }: FileContents): number {
  return found[0]?.attempt.id ?? 0;
}
