import { readBody } from "../../src/worker/read-body.ts";

/**
 * Reads one body of so many megabytes and prints how much more memory the process has ever held by the time that all of it is
 * there and is about to be decoded, in megabytes. Run as a process of its own, with `--expose-gc`: what is left to collect is not
 * what is held.
 */
const [, , megabytes = "64", says = "length"] = process.argv;
const MEGABYTE = 1_048_576;
const length = Number(megabytes) * MEGABYTE;
const collectGarbage = (globalThis as { readonly gc?: () => void }).gc ?? (() => undefined);

/** In kilobytes, and never less than it was. */
const most = (): number => process.resourceUsage().maxRSS;

let left = Number(megabytes);
const body = new ReadableStream<Uint8Array>(
  {
    pull(controller) {
      collectGarbage();
      if (left === 0) controller.close();
      else controller.enqueue(new Uint8Array(MEGABYTE).fill(0x20));
      left -= 1;
    },
  },
  { highWaterMark: 0 },
);

const headers = new Headers(says === "length" ? { "Content-Length": String(length) } : {});
const init: RequestInit & { readonly duplex: "half" } = { method: "POST", headers, body, duplex: "half" };
const request = new Request("http://worker.test/", init);

let held = Number.NaN;
const decode = TextDecoder.prototype.decode;
TextDecoder.prototype.decode = function (...args) {
  held = (most() - before) / 1_024;
  return decode.apply(this, args);
};

collectGarbage();
const before = most();
const text = await readBody(request, length, new AbortController().signal);
const read = typeof text === "string" ? text.length / MEGABYTE : Number.NaN;
process.stdout.write(JSON.stringify({ read, held }));
