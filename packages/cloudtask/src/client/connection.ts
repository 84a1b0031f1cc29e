import { createHttpSender } from "#http";
import { defaultToken } from "../auth/default-token.ts";
import { createMetadataServer, type MetadataServer } from "../auth/metadata-server.ts";
import { sharedCall } from "../auth/shared-call.ts";
import { createTokenCache } from "../auth/token-cache.ts";
import { type AsyncStorage, createAsyncStorage } from "../core/async-storage.ts";
import { emulatorUrl } from "../core/emulator-url.ts";
import { environment } from "../core/environment.ts";
import { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import type { HttpSender } from "../core/http-sender.ts";
import { LOCAL_LOCATION, LOCAL_PROJECT } from "../core/local-project.ts";
import { type Redact, redactor } from "../core/redact.ts";
import { type QueueAddress, queueName } from "../core/resource-name.ts";
import type { Registry } from "../execution/registry.ts";
import { createRestTransport } from "../transport/rest-transport.ts";
import type { Transport } from "../transport/transport.ts";
import type { Route } from "./push/route.ts";
import type { ResolvedOptions } from "./resolve-options.ts";

/** A client's way to the API: its transport, and where its queues are. */
export class Connection {
  /** Sends requests that are not calls of the API: to the metadata server, and to the worker in eager mode. */
  readonly sender: HttpSender = createHttpSender();
  /** Takes the client's secrets out of what an answer says. */
  readonly redact: Redact;
  readonly #api: Route;
  readonly #options: ResolvedOptions;
  readonly #metadata: MetadataServer;
  #place: Omit<QueueAddress, "queue"> | undefined;
  /** Not kept where it fails: the metadata server may answer next time. */
  readonly #find: () => Promise<Omit<QueueAddress, "queue">> = sharedCall(() => this.#findPlace());
  #standIn: Route | undefined;
  /** The stand-in under which something was begun, for as long as that goes on. */
  #kept: AsyncStorage<Route> | undefined;

  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.redact = redactor(options.secrets);
    this.#metadata = createMetadataServer(this.sender);
    this.#api = {
      transport: options.transport ?? this.#restTransport(),
      eager: options.eager,
      now: () => Date.now(),
      queueName: (queue) => this.#queueName(queue),
    };
  }

  /**
   * @param doing - what asks, for the message
   * @returns where what is pushed here and now goes
   * @throws CloudTaskError with the code `CLIENT_CLOSED` in what was begun under a stand-in that is gone
   */
  routeFor(doing: string): Route {
    const kept = this.#kept?.getStore();
    if (kept === undefined || kept === this.#standIn) return this.#standIn ?? this.#api;
    throw new CloudTaskError(
      "CLIENT_CLOSED",
      `${doing}: this test client was closed or reset, and what one of its deliveries began goes on: what a test starts, it must ` +
        "await",
    );
  }

  /** How a call of the API travels that is made now. */
  get transport(): Transport {
    return this.routeFor("calling Cloud Tasks").transport;
  }

  /**
   * Runs something whose pushes go where it was begun, if that is a stand-in: never to Cloud Tasks once the test is over.
   *
   * @param route - under which it is begun
   * @param run - what to run
   * @returns what that returned
   */
  keeping<T>(route: Route, run: () => T): T {
    return route === this.#api || this.#kept === undefined ? run() : this.#kept.run(route, run);
  }

  /**
   * Puts something in the place of Cloud Tasks, for tests.
   *
   * @param make - makes it, of what the client says of its place
   * @returns that, and what undoes it; `undefined` where something stands there already
   */
  replace<R extends Route>(
    make: (place: Pick<ResolvedOptions, "project" | "location">) => R,
  ): { readonly standIn: R; readonly restore: () => void } | undefined {
    if (this.#standIn !== undefined) return undefined;
    this.#kept ??= storageForTests();
    const standIn = make(this.#options);
    this.#standIn = standIn;
    const restore = (): void => {
      if (this.#standIn === standIn) this.#standIn = undefined;
    };
    return { standIn, restore };
  }

  #queueName(queue: string): string | Promise<string> {
    return this.#place === undefined ? this.#findQueue(queue) : queueName({ ...this.#place, queue });
  }

  async #findQueue(queue: string): Promise<string> {
    this.#place = await this.#find();
    return queueName({ ...this.#place, queue });
  }

  /** Closes the transport and all connections. */
  async close(): Promise<void> {
    await Promise.all([this.#api.transport.close(), this.sender.close()]);
  }

  #restTransport(): Transport {
    const { emulatorHost, apiEndpoint, apiTimeoutMs, retry, token, secrets } = this.#options;
    const shared = { sender: createHttpSender(), timeoutMs: apiTimeoutMs, retry, secrets };
    if (emulatorHost !== undefined) {
      return createRestTransport({ ...shared, baseUrl: emulatorUrl(emulatorHost), emulator: true });
    }
    const source = token ?? defaultToken(this.sender, { metadata: this.#metadata });
    return createRestTransport({ ...shared, baseUrl: apiEndpoint, credentials: createTokenCache(source) });
  }

  async #findPlace(): Promise<Omit<QueueAddress, "queue">> {
    const { project, location } = this.#options;
    return {
      project: project ?? environment("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT") ?? (await this.#ask("project")),
      location:
        location ??
        environment("GOOGLE_CLOUD_LOCATION", "GOOGLE_CLOUD_REGION", "FUNCTION_REGION") ??
        (await this.#ask("location")),
    };
  }

  async #ask(what: "project" | "location"): Promise<string> {
    // Nothing leaves this machine in eager mode, nor with an emulator: there, any name will do.
    if (this.#options.emulatorHost !== undefined || this.#options.eager !== undefined) {
      return what === "project" ? LOCAL_PROJECT : LOCAL_LOCATION;
    }
    const found = await (what === "project" ? this.#metadata.projectId() : this.#metadata.region());
    if (found !== undefined) return found;
    throw new CloudTaskError(
      "CONFIGURATION_MISSING",
      `the ${what} of the queues is not known: set the client's \`${what}\`, or the environment variable ` +
        `${what === "project" ? "GOOGLE_CLOUD_PROJECT" : "GOOGLE_CLOUD_LOCATION"}; no metadata server told it either`,
    );
  }
}

/** Some runtimes have none: there, what outlives its test is aborted, and that is all. */
function storageForTests(): AsyncStorage<Route> | undefined {
  try {
    return createAsyncStorage("testClient()");
  } catch {
    return undefined;
  }
}

const connections = new WeakMap<Registry, Connection>();

/** Makes a client's connection known to its tests. */
export function attachConnection(registry: Registry, connection: Connection): void {
  connections.set(registry, connection);
}

/**
 * @param registry - a client's
 * @returns the same client's connection
 */
export function connectionOf(registry: Registry): Connection {
  const connection = connections.get(registry);
  if (connection !== undefined) return connection;
  throw new TypeError("expected the registry of a client");
}
