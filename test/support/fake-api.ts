import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A minimal server that answers every CreateTask, for programs that must run without the emulator. */
export interface FakeApi extends AsyncDisposable {
  /** `host:port`. */
  readonly host: string;
  /** Method and path of every call. */
  readonly calls: readonly string[];
}

export async function startFakeApi(): Promise<FakeApi> {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    calls.push(`${request.method} ${request.url}`);
    request.resume().on("end", () => {
      response.setHeader("Content-Type", "application/json");
      response.end('{"name":"projects/p/locations/l/queues/default/tasks/1","scheduleTime":"2026-01-01T00:00:00Z"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, calls, [Symbol.asyncDispose]: close };
}
