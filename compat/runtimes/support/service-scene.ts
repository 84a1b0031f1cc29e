import { once } from "node:events";
import { createServer } from "node:net";
import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { type FaultProxy, pass, startFaultProxy } from "../../../packages/cloudtask/test/support/fault-proxy.ts";
import type { Commands } from "../programs/service.ts";

/** A running service. */
export interface Started extends AsyncDisposable {
  /** Stops it and returns its exit; `undefined` if it cannot be stopped. */
  readonly end?: () => Promise<{ readonly code: number | null; readonly ms: number; readonly complaints: string }>;
}

/** Starts the service of `programs/service.ts` on a port, with an emulator to push to. */
export type StartService = (port: number, emulatorHost: string) => Promise<Started>;

type Done<Result> = Result extends Promise<infer Value> ? Value : never;

/** An emulator in this process, a service elsewhere, and a proxy between them that can fail. */
export interface ServiceScene extends AsyncDisposable {
  readonly emulator: Emulator;
  /** The proxy between the service and the emulator. */
  readonly proxy: FaultProxy;
  readonly origin: string;
  readonly service: Started;
  /** Sends a command to the service and returns the result. Throws if it failed. */
  do<Name extends keyof Commands>(
    name: Name,
    ...args: Parameters<Commands[Name]>
  ): Promise<Done<ReturnType<Commands[Name]>>>;
  /** Returns the events of its handlers since the last call. */
  seen(): Promise<readonly unknown[]>;
  /** Resets everything. */
  reset(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { readonly port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** Starts a service and an emulator. */
export async function startServiceScene(start: StartService): Promise<ServiceScene> {
  const emulator = await createEmulator({
    queues: { default: { rate: 500, retry: { maxAttempts: 3, minBackoff: "10s" } } },
  });
  const proxy = await startFaultProxy(emulator.host);
  const port = await freePort();
  const service = await start(port, proxy.host);
  const origin = `http://127.0.0.1:${port}`;
  let known = 0;
  const scene: ServiceScene = {
    emulator,
    proxy,
    origin,
    service,
    async do(name, ...args) {
      const response = await fetch(`${origin}/do/${name}`, { method: "POST", body: JSON.stringify(args) });
      const { value, error } = (await response.json()) as { value: never; error?: { code: string; message: string } };
      if (error !== undefined) throw Object.assign(new Error(error.message), { code: error.code });
      return value;
    },
    async seen() {
      const all = await scene.do("seen");
      const fresh = all.slice(known);
      known = all.length;
      return fresh;
    },
    async reset() {
      proxy.plan = () => pass;
      await emulator.reset();
      await scene.seen();
    },
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await emulator.close();
    },
  };
  return scene;
}
