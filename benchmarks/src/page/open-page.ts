import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";

/** The event stream of the dashboard: see `packages/dashboard/src/state/live.ts`. */
const EVENTS = "/inspect/events?types=attempt,task,queue,stats,clock,job&maxPerSecond=1000";

/** The lists of the overview and of all tasks. A page reads them when it opens, and after a gap in its events. */
const LISTS = ["/inspect/attempts?outcome=failed,discarded&limit=20", "/inspect/tasks?limit=200"];

/** The overview reads it every two seconds while something changes. */
const STATISTICS = "/inspect/stats?by=queue&step=10s&buckets=30";
const STATISTICS_MS = 2_000;

/** The work of a page since it was opened. */
export interface PageWork {
  /** CPU time of its process, in microseconds. */
  readonly cpuUs: number;
  /** Single events and statistics that it received. */
  readonly events: number;
  /** Lists that it read. */
  readonly lists: number;
}

/** Does the work of an open page of the dashboard, without showing it. */
export class OpenPage {
  readonly #port: number;
  readonly #cpu = process.cpuUsage();
  #rest = "";
  #events = 0;
  #lists = 0;

  private constructor(port: number, stream: IncomingMessage) {
    this.#port = port;
    stream.setEncoding("utf8").on("data", (text: string) => this.#receive(text));
  }

  static async open(port: number): Promise<OpenPage> {
    const request = http.get(`http://127.0.0.1:${port}${EVENTS}`, { agent: false });
    const [stream] = (await once(request, "response")) as [IncomingMessage];
    const page = new OpenPage(port, stream);
    page.#readLists();
    void page.#readList(STATISTICS);
    setInterval(() => void page.#readList(STATISTICS), STATISTICS_MS);
    return page;
  }

  work(): PageWork {
    const { user, system } = process.cpuUsage(this.#cpu);
    return { cpuUs: user + system, events: this.#events, lists: this.#lists };
  }

  #receive(text: string): void {
    const blocks = (this.#rest + text).split("\n\n");
    this.#rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const [, name = ""] = /^event: (.+)$/m.exec(block) ?? [];
      const [, data] = /^data: (.+)$/m.exec(block) ?? [];
      if (data === undefined) continue;
      JSON.parse(data);
      this.#events += 1;
      if (name === "resync" || name === "dropped") this.#readLists();
    }
  }

  #readLists(): void {
    for (const path of LISTS) void this.#readList(path);
  }

  async #readList(path: string): Promise<void> {
    const response = await fetch(`http://127.0.0.1:${this.#port}${path}`);
    await response.json();
    this.#lists += 1;
  }
}
