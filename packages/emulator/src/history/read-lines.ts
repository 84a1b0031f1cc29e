import { createReadStream } from "node:fs";

const NEWLINE = 0x0a;

/** Bytes to read at once. Large chunks need fewer turns of the event loop. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * Reads the lines of a file, many at a time. A last line without a line break is included. Each line is a separate string, so a
 * line that is kept in memory does not retain the whole chunk.
 *
 * @throws the error of the file system
 */
export async function* readLines(path: string): AsyncGenerator<readonly string[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    const bytes = Buffer.concat([rest, chunk as Buffer]);
    const lines: string[] = [];
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      lines.push(bytes.toString("utf8", start, end));
      start = end + 1;
    }
    rest = bytes.subarray(start);
    yield lines;
  }
  if (rest.length > 0) yield [rest.toString()];
}
