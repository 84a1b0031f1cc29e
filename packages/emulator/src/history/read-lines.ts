import { createReadStream } from "node:fs";

const NEWLINE = 0x0a;

/** Bytes to read at once. Large chunks need fewer turns of the event loop. */
const CHUNK_BYTES = 1024 * 1024;

/** The longest line. An attempt is longer only with a `history.bodyBytes` of many megabytes. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

/**
 * Reads the lines of a file, many at a time. A last line without a line break is included. Each line is a separate string, so a
 * line that is kept in memory does not retain the whole chunk.
 *
 * @throws the error of the file system; Error if a line is longer than 64 MiB
 */
export async function* readLines(path: string): AsyncGenerator<readonly string[]> {
  /** The chunks of a line that has not ended. Joined once, because joining them at each chunk takes quadratic time. */
  let open: Buffer[] = [];
  let openBytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const last = chunk.subarray(start, end);
      lines.push((open.length > 0 ? Buffer.concat([...open, last]) : last).toString());
      open = [];
      openBytes = 0;
      start = end + 1;
    }
    open.push(chunk.subarray(start));
    openBytes += chunk.length - start;
    if (openBytes > MAX_LINE_BYTES) throw new Error(`a line is longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB`);
    yield lines;
  }
  if (openBytes > 0) yield [Buffer.concat(open).toString()];
}
