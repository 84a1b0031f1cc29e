import { type Api, GrpcApi, RestApi } from "./api.ts";
import { sendAll } from "./load.ts";
import type { EmulatorPeer } from "./peers/peer.ts";
import { RunningEmulator } from "./running-emulator.ts";
import { CONCURRENCY } from "./session.ts";
import type { Target } from "./target.ts";

/** The rates of load generator and target without an emulator between them. No peer can exceed them. */
interface Ceiling {
  /** Calls per second against a server that answers every gRPC call with an empty message. */
  readonly grpc: number;
  /** Requests per second from the load generator to the target: the ceiling of creates over REST and of deliveries. */
  readonly http: number;
}

/** @param noop - path of the compiled `noop-process.ts` */
export async function measureCeiling(noop: string, target: Target, count: number): Promise<Ceiling> {
  const http = await perSecond(await RestApi.open(target.port, CONCURRENCY), count);
  const server: EmulatorPeer = {
    name: "no-op",
    version: "",
    rest: false,
    command: (port) => ({ file: process.execPath, args: [noop, String(port)] }),
  };
  const running = await RunningEmulator.spawn(server);
  try {
    await running.listening();
    return { http, grpc: await perSecond(new GrpcApi(running.port, CONCURRENCY), count) };
  } finally {
    await running.stop();
  }
}

async function perSecond(api: Api, count: number): Promise<number> {
  const task = { queue: "projects/bench/locations/us-central1/queues/none", url: "http://127.0.0.1/", due: undefined };
  const requests = Array.from({ length: count }, () => api.create(task));
  await sendAll(requests, api.callers);
  const rate = await sendAll(requests, api.callers);
  api.close();
  return rate.perSecond;
}
