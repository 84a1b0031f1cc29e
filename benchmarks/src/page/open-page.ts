import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";

/** The requests of a page of the dashboard: see `packages/dashboard/src/state/page-events.ts` and the page itself. */
interface PageRequests {
  /** The query of its event stream. */
  readonly events: string;
  /** The list that it reads when it is opened, and after a gap in its events. */
  readonly list: string;
  /** The paths that it reads again while something changes, with the milliseconds between two reads. */
  readonly repeated: readonly (readonly [path: string, intervalMs: number])[];
}

/** The measured pages of the dashboard. */
export const pages = {
  overview: {
    events: "types=stats,clock,job",
    list: "/inspect/failures?limit=20",
    repeated: [
      ["/inspect/failures?limit=20", 1_000],
      ["/inspect/stats?by=queue&step=10s&buckets=30", 5_000],
    ],
  },
  tasks: { events: "types=attempt,task,queue,stats,clock,job", list: "/inspect/tasks?limit=200", repeated: [] },
} as const satisfies Readonly<Record<string, PageRequests>>;

const MAX_PER_SECOND = 1_000;

/** The work of a page since it was opened. */
export interface PageWork {
  /** CPU time of its process, in microseconds. */
  readonly cpuUs: number;
  /** Single events and statistics that it received. */
  readonly events: number;
  /** Lists and statistics that it read. */
  readonly lists: number;
}

/** Does the work of an open page of the dashboard, without showing it. */
export class OpenPage {
  readonly #port: number;
  readonly #requests: PageRequests;
  readonly #cpu = process.cpuUsage();
  #rest = "";
  #events = 0;
  #lists = 0;

  private constructor(port: number, requests: PageRequests, stream: IncomingMessage) {
    this.#port = port;
    this.#requests = requests;
    stream.setEncoding("utf8").on("data", (text: string) => this.#receive(text));
  }

  /** Opens a page, and reads its lists. */
  static async open(port: number, name: keyof typeof pages): Promise<OpenPage> {
    const requests: PageRequests = pages[name];
    const url = `http://127.0.0.1:${port}/inspect/events?${requests.events}&maxPerSecond=${MAX_PER_SECOND}`;
    const [stream] = (await once(http.get(url, { agent: false }), "response")) as [IncomingMessage];
    const page = new OpenPage(port, requests, stream);
    await page.#read(requests.list);
    for (const [path, intervalMs] of requests.repeated) {
      await page.#read(path);
      setInterval(() => void page.#read(path), intervalMs);
    }
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
      if (name === "resync" || name === "dropped") void this.#read(this.#requests.list);
    }
  }

  async #read(path: string): Promise<void> {
    const response = await fetch(`http://127.0.0.1:${this.#port}${path}`);
    await response.json();
    this.#lists += 1;
  }
}
