import type { Emulator } from "@cloudtask/emulator";
import { NAME_HEADER } from "../../src/core/headers.ts";

/** Creates tasks in batches of 100, as another program could. Each has its index as payload. Returns their names. */
export async function fillQueue(emulator: Emulator, count: number, queue: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (let from = 0; from < count; from += 100) {
    const requests = Array.from({ length: Math.min(100, count - from) }, (_, index) => {
      const body = Buffer.from(JSON.stringify({ task: "fill", payload: from + index })).toString("base64");
      const httpRequest = { url: "http://127.0.0.1:9/tasks", headers: { [NAME_HEADER]: "fill" }, body };
      return { parent: queue, task: { httpRequest } };
    });
    const answer = await fetch(`${emulator.url}/v2/${queue}/tasks:batchCreate`, {
      method: "POST",
      body: JSON.stringify({ requests }),
    });
    const { response } = (await answer.json()) as {
      readonly response: { readonly tasks: readonly { readonly name: string }[] };
    };
    names.push(...response.tasks.map(({ name }) => name));
  }
  return names;
}
