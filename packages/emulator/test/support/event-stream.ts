import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";

/** The fields of one block of the stream, by name. */
export type Block = Readonly<Record<string, string>>;

/** An open stream of events. */
export class Stream implements AsyncDisposable {
  readonly response: IncomingMessage;
  #text = "";

  private constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding("utf8").on("data", (chunk: string) => {
      this.#text += chunk;
    });
    response.on("error", () => undefined);
  }

  static async open(
    { url }: { readonly url: string },
    query = "",
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Stream> {
    const request = http.get(`${url}/inspect/events${query}`, { headers, agent: false });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    return new Stream(response);
  }

  /** The number of characters received so far. */
  get size(): number {
    return this.#text.length;
  }

  /** The blocks received so far. */
  get blocks(): Block[] {
    const blocks = this.#text.split("\n\n").slice(0, -1);
    return blocks.map((block) => Object.fromEntries(block.split("\n").map((line) => line.split(/: ?(.*)/s, 2))));
  }

  /** The id of the last event that has one. */
  get lastId(): string {
    return this.blocks.findLast(({ id }) => id !== undefined)?.id ?? "";
  }

  /** The data of the events received so far. */
  get events(): Record<string, unknown>[] {
    return this.blocks.flatMap(({ data }) => (data === undefined ? [] : [JSON.parse(data)]));
  }

  /** The data of the events with a name. */
  named(name: string): Record<string, unknown>[] {
    return this.blocks.flatMap(({ event, data }) => (event === name && data !== undefined ? [JSON.parse(data)] : []));
  }

  /** The task ids of the finished attempts received so far, in order. */
  get finished(): string[] {
    return this.events
      .filter(({ phase }) => phase === "finished")
      .map(({ task }) => String(task).split("/tasks/")[1] ?? "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.response.destroy();
  }
}
