import { createEmulator, type Emulator, type EmulatorOptions } from "@cloudtask/emulator";
import { CloudTasksClient, v2beta3 } from "@google-cloud/tasks";
import { grpc } from "google-gax";
import { vi } from "vitest";

// Over gRPC, Google's client looks for the metadata server of Google Cloud and warns if there is none.
vi.stubEnv("METADATA_SERVER_DETECTION", "none");

/** The protocol between a client and the emulator. */
export type Wire = "grpc" | "rest";

/** An emulator with one queue, and a client. */
export interface Bench<Client> extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly client: Client;
  /** The full name of the emulator's location. */
  readonly location: string;
  /** The full name of an existing queue. */
  readonly queue: string;
}

/** Google's published client for v2. */
export type V2Client = InstanceType<typeof CloudTasksClient>;

/** Google's published client for v2beta3. */
export type BetaClient = InstanceType<typeof v2beta3.CloudTasksClient>;

type ClientOptions = ConstructorParameters<typeof CloudTasksClient>[0];

/** Starts an emulator and a v2 client of it. */
export function v2Bench(wire: Wire, options: EmulatorOptions = {}): Promise<Bench<V2Client>> {
  return bench(options, (emulator) => new CloudTasksClient(optionsFor(emulator, wire, true)));
}

/** Starts an emulator and a v2beta3 client of it. */
export function betaBench(wire: Wire, options: EmulatorOptions = {}): Promise<Bench<BetaClient>> {
  return bench(options, (emulator) => new v2beta3.CloudTasksClient(optionsFor(emulator, wire, "rest")));
}

async function bench<Client extends { close(): Promise<void> }>(
  options: EmulatorOptions,
  connect: (emulator: Emulator) => Client,
): Promise<Bench<Client>> {
  const emulator = await createEmulator({ project: "p", location: "l", queues: ["q"], ...options });
  const client = connect(emulator);
  return {
    emulator,
    client,
    location: "projects/p/locations/l",
    queue: "projects/p/locations/l/queues/q",
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await emulator.close();
    },
  };
}

/** @param fallback - `true` and `"rest"` both select REST, but only `"rest"` supports the paths of operations */
function optionsFor(emulator: Emulator, wire: Wire, fallback: true | "rest"): ClientOptions {
  const port = Number(new URL(emulator.url).port);
  if (wire === "grpc") return { apiEndpoint: "localhost", port, sslCreds: grpc.credentials.createInsecure() };
  const authClient = {
    getRequestHeaders: async () => new Headers(),
    fetch: (url: string, init: RequestInit) => fetch(url, init),
  };
  const options = { fallback, apiEndpoint: "localhost", port, protocol: "http", authClient };
  // The declared type is Google's class, of which only these two methods are called.
  return options as unknown as ClientOptions;
}
