import { createReadStream } from "node:fs";

const NEWLINE = 0x0a;

/** Large, because fewer turns of the event loop read a large file faster. */
const CHUNK = 1024 * 1024;

/**
 * The lines of a file, many at a time; the last one also where it has no end. Each is a string of its own, so that one that is kept does not
 * keep those around it.
 *
 * @throws what the file system said
 */
export async function* readLines(path: string): AsyncGenerator<readonly string[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) {
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
