import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator, type Emulator, type EmulatorOptions } from "@cloudtask/emulator";

/** An HTTP server with which the clients in other languages start an emulator and advance its clock. */
export interface Control extends AsyncDisposable {
  readonly url: string;
}

/**
 * Serves three requests, each a POST with a JSON body: `/start` closes the previous emulator, starts a new one with the queue
 * `projects/p/locations/l/queues/q` and the options in the body, and returns its `host` and `url`. `/advance` advances its clock
 * by the duration in the body. `/idle` waits until no task is due.
 */
export async function startControl(): Promise<Control> {
  let emulator: Emulator | undefined;
  const requests: Readonly<Record<string, (body: unknown) => Promise<unknown>>> = {
    "/start": async (options) => {
      await emulator?.close();
      emulator = await createEmulator({ project: "p", location: "l", queues: ["q"], ...(options as EmulatorOptions) });
      return { host: emulator.host, url: emulator.url };
    },
    "/advance": async (by) => emulator?.advance(by as Parameters<Emulator["advance"]>[0]),
    "/idle": async () => emulator?.idle(),
  };
  const server = http.createServer((request, response) => {
    void answer(request, response, requests[request.url ?? ""]);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await emulator?.close();
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  perform: (body: unknown) => Promise<unknown> = () => Promise.reject(new Error(`unknown path ${request.url}`)),
): Promise<void> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const result = await perform(JSON.parse(Buffer.concat(chunks).toString()));
    response.end(JSON.stringify(result ?? null));
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}
