import { readBody } from "../../src/worker/read-body.ts";

/**
 * Reads a body of a given size and prints the growth of the process's peak memory, in megabytes, at the moment before the body is decoded.
 * Run it in a process of its own, with `--expose-gc`: garbage must not count.
 */
const [, , megabytes = "64", framing = "length"] = process.argv;
const MEGABYTE = 1_048_576;
const length = Number(megabytes) * MEGABYTE;
const collectGarbage = (globalThis as { readonly gc?: () => void }).gc ?? (() => undefined);

/** In kilobytes. It never decreases. */
const peakMemory = (): number => process.resourceUsage().maxRSS;

let remaining = Number(megabytes);
const body = new ReadableStream<Uint8Array>(
  {
    pull(controller) {
      collectGarbage();
      if (remaining === 0) controller.close();
      else controller.enqueue(new Uint8Array(MEGABYTE).fill(0x20));
      remaining -= 1;
    },
  },
  { highWaterMark: 0 },
);

const headers = new Headers(framing === "length" ? { "Content-Length": String(length) } : {});
const init: RequestInit & { readonly duplex: "half" } = { method: "POST", headers, body, duplex: "half" };
const request = new Request("http://worker.test/", init);

let growth = Number.NaN;
const decode = TextDecoder.prototype.decode;
TextDecoder.prototype.decode = function (...args) {
  growth = (peakMemory() - before) / 1_024;
  return decode.apply(this, args);
};

collectGarbage();
const before = peakMemory();
const text = await readBody(request, length, new AbortController().signal);
const read = typeof text === "string" ? text.length / MEGABYTE : Number.NaN;
process.stdout.write(JSON.stringify({ read, growth }));
