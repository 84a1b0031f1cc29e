import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";

/** The event stream of the dashboard: see `packages/dashboard/src/state/live.ts`. */
const EVENTS = "/inspect/events?types=attempt,task,queue,stats,clock,job&maxPerSecond=1000";

/** The lists that a page reads again after a gap in its events. */
const LISTS = ["/inspect/stats", "/inspect/attempts?limit=100", "/inspect/tasks?limit=100"];

/** Does the work of an open page of the dashboard, without showing it. */
export class OpenPage {
  readonly #port: number;
  readonly #stream: IncomingMessage;
  #rest = "";

  private constructor(port: number, stream: IncomingMessage) {
    this.#port = port;
    this.#stream = stream;
    stream.setEncoding("utf8").on("data", (text: string) => this.#receive(text));
    stream.on("error", () => undefined);
  }

  static async open(port: number): Promise<OpenPage> {
    const request = http.get(`http://127.0.0.1:${port}${EVENTS}`, { agent: false });
    const [stream] = (await once(request, "response")) as [IncomingMessage];
    const page = new OpenPage(port, stream);
    page.#readLists();
    return page;
  }

  close(): void {
    this.#stream.destroy();
  }

  #receive(text: string): void {
    const blocks = (this.#rest + text).split("\n\n");
    this.#rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const [, name = ""] = /^event: (.+)$/m.exec(block) ?? [];
      const [, data] = /^data: (.+)$/m.exec(block) ?? [];
      if (data !== undefined) JSON.parse(data);
      if (name === "resync" || name === "dropped") this.#readLists();
    }
  }

  #readLists(): void {
    for (const path of LISTS) {
      const request = http.get(`http://127.0.0.1:${this.#port}${path}`, (response) => response.resume());
      request.on("error", () => undefined);
    }
  }
}
