import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { errorMessage } from "cloudtask/internal";
import type { AttemptFinished } from "../emulator-events.ts";
import { checkRegularFile } from "../store/data-files.ts";
import { StoreError } from "../store/store-error.ts";
import { readAttempt } from "./read-attempt.ts";
import { readLines } from "./read-lines.ts";

/** Milliseconds after which attempts are written together. A crash loses the attempts of this time. */
const WRITE_DELAY_MS = 200;

/** Attempts to mask at once. Between two batches the event loop can run. */
const BATCH_SIZE = 20;

/** Characters to write at once. Each write costs as much as masking several attempts. */
const WRITE_SIZE = 256 * 1024;

const FILES = ["history.1.jsonl", "history.2.jsonl"] as const;

/** The limits of one file. A journal has two files. */
export interface FileLimits {
  readonly attempts: number;
  readonly bytes: number;
}

/** An attempt that was read from a file, with its line. */
export interface FoundAttempt {
  readonly attempt: AttemptFinished;
  readonly line: string;
}

type Read = (id: number) => AttemptFinished | undefined;

/** The lines of some attempts. */
interface Lines {
  readonly text: string;
  readonly count: number;
}

interface FileContents {
  readonly fileIndex: number;
  readonly found: readonly FoundAttempt[];
  readonly bytes: number;
}

/**
 * Writes attempts to disk, one line of JSON each. There are two files: when the newer one is full, the older one is emptied and
 * used next. Deliveries do not wait for the journal. A crash can lose the attempts of the last 200 ms; an incomplete line is
 * skipped when the journal is read. A file that was removed is created again. If the disk fails or the directory was removed,
 * attempts are lost, `problem` states why, and later attempts are written again once writing succeeds.
 */
export class Journal {
  readonly #dir: string;
  readonly #limits: FileLimits;
  #fileIndex = 0;
  #file: FileHandle | undefined;
  #attempts = 0;
  #bytes = 0;
  #isLineOpen = false;
  /** The ids of the attempts to write. */
  #pending: number[] = [];
  #read: Read = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #problem: string | undefined;

  private constructor(dir: string, limits: FileLimits) {
    this.#dir = dir;
    this.#limits = limits;
  }

  /**
   * Opens the journal of a directory.
   *
   * @param dir - created if it does not exist
   * @param limits - the limits of each file
   * @returns the journal and the attempts in it, the oldest first
   * @throws StoreError if one of its files cannot be used; the error of the file system if the directory cannot be created
   */
  static async open(dir: string, limits: FileLimits): Promise<{ journal: Journal; found: readonly FoundAttempt[] }> {
    await mkdir(dir, { recursive: true });
    for (const name of FILES) checkRegularFile(dir, join(dir, name));
    const contents = await Promise.all(FILES.map((name, fileIndex) => readFile(join(dir, name), fileIndex)));
    const inOrder = contents.sort((a, b) => firstId(a) - firstId(b));
    const journal = new Journal(dir, limits);
    const newest = inOrder.findLast(({ bytes }) => bytes > 0);
    await journal.#open(newest?.fileIndex ?? 0, "a");
    journal.#attempts = newest?.found.length ?? 0;
    journal.#bytes = newest?.bytes ?? 0;
    // The last line can be incomplete, so start with a line break. An empty line is ignored when the journal is read.
    journal.#isLineOpen = journal.#bytes > 0;
    return { journal, found: inOrder.flatMap(({ found }) => found) };
  }

  /** Why the last write failed; undefined after a successful one. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** @param read - returns an attempt by its id, unless it was removed from the history since */
  connect(read: Read): void {
    this.#read = read;
  }

  /** Adds an attempt, which is read and written within 200 ms. */
  append(id: number): void {
    this.#pending.push(id);
    // If the disk is too slow, drop the oldest, which the history in memory drops first, too.
    if (this.#pending.length > this.#limits.attempts) this.#pending.shift();
    this.#timer ??= setTimeout(() => void this.flushed(), WRITE_DELAY_MS).unref();
  }

  /** Removes all attempts. */
  clear(): void {
    this.#pending = [];
    this.#enqueue(async () => {
      await this.#open(1 - this.#fileIndex, "w");
      await this.#open(1 - this.#fileIndex, "w");
    });
  }

  /** Writes the pending attempts. Resolves when they are written or lost. */
  flushed(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#pending;
    this.#pending = [];
    return this.#enqueue(async () => {
      if (batch.length > 0) await this.#reopenIfRemoved();
      for await (const lines of linesOf(batch, this.#read)) await this.#write(lines);
    });
  }

  /** Writes the pending attempts and closes the file. */
  async close(): Promise<void> {
    await this.flushed();
    await this.#enqueue(async () => {
      await this.#file?.close();
      this.#file = undefined;
    });
  }

  /** Runs jobs one after the other. */
  #enqueue(job: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(job).catch((error: unknown) => {
      this.#problem = errorMessage(error);
    });
    return this.#work;
  }

  /** Writing to a file that was removed would succeed, and the attempts would be lost in silence. */
  async #reopenIfRemoved(): Promise<void> {
    if (this.#file && (await this.#file.stat()).nlink === 0) await this.#open(this.#fileIndex, "a");
  }

  async #write({ text, count }: Lines): Promise<void> {
    if (!this.#file) return;
    const isFull = this.#attempts >= this.#limits.attempts || this.#bytes >= this.#limits.bytes;
    if (isFull) await this.#open(1 - this.#fileIndex, "w");
    const bytes = Buffer.from(this.#isLineOpen ? `\n${text}` : text);
    this.#isLineOpen = true;
    await this.#file.appendFile(bytes);
    this.#isLineOpen = false;
    this.#attempts += count;
    this.#bytes += bytes.length;
    this.#problem = undefined;
  }

  async #open(fileIndex: number, flags: "a" | "w"): Promise<void> {
    const file = await open(join(this.#dir, FILES[fileIndex] ?? FILES[0]), flags, 0o600);
    await this.#file?.close();
    this.#file = file;
    this.#fileIndex = fileIndex;
    this.#attempts = 0;
    this.#bytes = 0;
    this.#isLineOpen = false;
  }
}

/** Masks attempts in small batches, and joins their lines. */
async function* linesOf(ids: readonly number[], read: Read): AsyncGenerator<Lines, void, undefined> {
  let lines: Lines = { text: "", count: 0 };
  for (let from = 0; from < ids.length; from += BATCH_SIZE) {
    if (from > 0) await setImmediate();
    const batch = ids.slice(from, from + BATCH_SIZE).flatMap((id) => read(id) ?? []);
    const text = batch.map((attempt) => `${JSON.stringify(attempt)}\n`).join("");
    lines = { text: lines.text + text, count: lines.count + batch.length };
    if (lines.text.length < WRITE_SIZE) continue;
    yield lines;
    lines = { text: "", count: 0 };
  }
  if (lines.count > 0) yield lines;
}

async function readFile(path: string, fileIndex: number): Promise<FileContents> {
  const found: FoundAttempt[] = [];
  let bytes = 0;
  try {
    for await (const lines of readLines(path)) {
      for (const line of lines) {
        bytes += line.length + 1;
        const attempt = readAttempt(line);
        if (attempt) found.push({ attempt, line });
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw unreadable(path, error);
  }
  return { fileIndex, found, bytes };
}

function unreadable(path: string, cause: unknown): StoreError {
  return new StoreError(
    "unusable",
    `The data directory ${dirname(path)} cannot be used: the journal of attempts ${path} cannot be read: ` +
      `${errorMessage(cause)}. Move it elsewhere to start without earlier attempts.`,
    { cause },
  );
}

function firstId({ found }: FileContents): number {
  return found[0]?.attempt.id ?? 0;
}
