/** A server-sent event. */
export interface ServerEvent {
  readonly name: string;
  readonly data: unknown;
}

/** Reads server-sent events with JSON data. https://html.spec.whatwg.org/multipage/server-sent-events.html */
export async function* readEvents({ body }: Response): AsyncGenerator<ServerEvent> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of body ?? []) {
    const blocks = `${rest}${decoder.decode(chunk as Uint8Array, { stream: true })}`.split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = eventOf(block);
      if (event) yield event;
    }
  }
}

function eventOf(block: string): ServerEvent | undefined {
  const lines = block.split("\n");
  const fieldOf = (field: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${field}:`)).map((line) => line.slice(field.length + 1).trimStart());
  const data = fieldOf("data").join("\n");
  return data === "" ? undefined : { name: fieldOf("event")[0] ?? "message", data: JSON.parse(data) };
}
