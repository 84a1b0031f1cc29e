import { createHttpSender } from "#http";
import { type LateGoogle, lateGoogle } from "../auth/late-google.ts";
import { createTokenCache } from "../auth/token-cache.ts";
import { type AsyncStorage, createAsyncStorage } from "../core/async-storage.ts";
import { emulatorUrl } from "../core/emulator-url.ts";
import { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import type { HttpSender } from "../core/http-sender.ts";
import type { Registry } from "../execution/registry.ts";
import { ConnectionSlots, MAX_CONNECTIONS } from "../transport/connection-slots.ts";
import { createRestTransport } from "../transport/rest-transport.ts";
import { retryPolicy } from "../transport/retry-policy.ts";
import type { Transport } from "../transport/transport.ts";
import type { EagerMode } from "./client-options.ts";
import type { Deployment } from "./deployment.ts";
import { EmulatorClock } from "./emulator-clock.ts";
import type { CreateTarget } from "./push/push-batches.ts";
import { type QueueNameRequest, QueueNames } from "./queue-names.ts";
import type { ResolvedOptions } from "./resolve-options.ts";

/**
 * The destination of a client's pushes: Cloud Tasks, or its replacement in a test. A push keeps the route that it started with,
 * so a push that a test did not await cannot reach Cloud Tasks after the test.
 */
export interface Route {
  readonly transport: Transport;
  /** Replaces the transport. */
  readonly eager: EagerMode | undefined;
  /** `true` if deliveries run in this process. Pushes then need no `url`. */
  readonly local?: boolean;
  /** The current time of the destination, in milliseconds since the epoch. */
  now(): number;
  /** Set for an emulator: requests its time, which may be ahead of `now()`. */
  fetchTime?(): Promise<number>;
  /** See `QueueNames`. */
  queueName(queue: string, request: QueueNameRequest): string | Promise<string>;
  /** Notified of each push when it starts. */
  watch?(pushing: Promise<unknown>): void;
}

/** Returns the time of a route, for a push that depends on it. */
export async function timeOf(route: Route): Promise<number> {
  return route.fetchTime === undefined ? route.now() : route.fetchTime();
}

/** Connects a client to the API. */
export class Connection {
  /** Sends all requests except API calls, without a proxy: to the metadata server, and to the worker in eager mode. */
  readonly sender: HttpSender = createHttpSender();
  /** Limits the requests to the worker that are in progress, in eager mode. */
  readonly workerSlots: ConnectionSlots = new ConnectionSlots();
  /** Returns the client's secrets, which no message may contain. */
  readonly secrets: () => readonly string[] = () => this.#options.deployment.secrets;
  readonly #api: Route;
  readonly #options: ResolvedOptions;
  readonly #target: Omit<CreateTarget, "transport" | "single">;
  readonly #targets = new WeakMap<Route, CreateTarget>();
  /** The route of a test client. If it is set, it replaces the API. */
  #testRoute: Route | undefined;
  /** The test route that the current chain of calls started with. */
  #callRoute: AsyncStorage<Route> | undefined;

  constructor(options: ResolvedOptions) {
    this.#options = options;
    const google = lateGoogle(this.sender);
    const queueNames = new QueueNames(options, google);
    const clock = this.#emulatorClock();
    const emulator = options.emulatorHost !== undefined && options.transport === undefined;
    const { totalTimeoutMs } = retryPolicy(options.apiRetry, emulator);
    this.#target = { emulator, secrets: this.secrets, totalTimeoutMs };
    this.#api = {
      transport: options.transport ?? this.#restTransport(google),
      eager: options.eager,
      now: () => Date.now(),
      ...(clock && { fetchTime: () => clock.now() }),
      queueName: (queue, request) => queueNames.get(queue, request),
    };
  }

  /**
   * Returns the route of a push or call that starts now.
   *
   * @param subject - the start of the message
   * @throws CloudTaskError with the code `CLIENT_CLOSED` inside a test's delivery whose test client has been closed
   */
  routeFor(subject: string): Route {
    const callRoute = this.#callRoute?.getStore();
    if (callRoute === undefined || callRoute === this.#testRoute) return this.#testRoute ?? this.#api;
    throw new CloudTaskError(
      "CLIENT_CLOSED",
      `${subject}: the test client was closed or reset while one of its deliveries was still running. Await everything that a test ` +
        "starts.",
    );
  }

  /** The time limit of an API call with its retries, in milliseconds; 0 if there are none. */
  get totalTimeoutMs(): number {
    return this.#target.totalTimeoutMs;
  }

  /** The transport of an API call that starts now. */
  get transport(): Transport {
    return this.routeFor("calling Cloud Tasks").transport;
  }

  /** `true` if creates can be sent in batches now: not in eager mode, and not to a test client, which records each push. */
  get batches(): boolean {
    const { eager, local } = this.#testRoute ?? this.#api;
    return eager === undefined && local !== true;
  }

  /** Returns the destination of a route's creates. */
  targetOf(route: Route): CreateTarget {
    const known = this.#targets.get(route);
    if (known !== undefined) return known;
    const target = { ...this.#target, transport: route.transport, single: route.local ?? false };
    this.#targets.set(route, target);
    return target;
  }

  /** Runs a function whose pushes use the given route. So the pushes of a test never reach Cloud Tasks, even after the test. */
  runOn<T>(route: Route, run: () => T): T {
    return route === this.#api || this.#callRoute === undefined ? run() : this.#callRoute.run(route, run);
  }

  /**
   * Replaces Cloud Tasks in a test.
   *
   * @param createRoute - creates the test's route
   * @returns the route, and a function that removes it; `undefined` if another test route is set
   */
  replace<R extends Route>(
    createRoute: (place: Pick<Deployment, "project" | "location">) => R,
  ): { readonly route: R; readonly restore: () => void } | undefined {
    if (this.#testRoute !== undefined) return undefined;
    this.#callRoute ??= storageForTests();
    const route = createRoute(this.#options.deployment);
    this.#testRoute = route;
    const restore = (): void => {
      if (this.#testRoute === route) this.#testRoute = undefined;
    };
    return { route, restore };
  }

  /** Closes the transport and all connections. */
  async close(): Promise<void> {
    await Promise.all([this.#api.transport.close(), this.sender.close()]);
  }

  #emulatorClock(): EmulatorClock | undefined {
    const { emulatorHost, transport, eager } = this.#options;
    if (emulatorHost === undefined || (transport ?? eager) !== undefined) return undefined;
    return new EmulatorClock(emulatorUrl(emulatorHost), this.sender);
  }

  #restTransport(google: LateGoogle): Transport {
    const { emulatorHost, apiEndpoint, apiTimeoutMs, apiRetry, token, agent, secretHeader } = this.#options;
    const shared = { timeoutMs: apiTimeoutMs, retry: apiRetry, secrets: this.secrets };
    if (emulatorHost !== undefined) {
      const sender = createHttpSender();
      return createRestTransport({
        ...shared,
        sender,
        baseUrl: emulatorUrl(emulatorHost),
        emulator: true,
        secretHeader,
      });
    }
    return createRestTransport({
      ...shared,
      sender: createHttpSender({ agent, proxy: true }),
      connections: agent && Math.min(agent.maxSockets || MAX_CONNECTIONS, MAX_CONNECTIONS),
      baseUrl: apiEndpoint,
      credentials: createTokenCache(token ?? google.token),
    });
  }
}

/** On a runtime without AsyncLocalStorage, calls that outlive their test are aborted, but their pushes are not rejected. */
function storageForTests(): AsyncStorage<Route> | undefined {
  try {
    return createAsyncStorage("testClient()");
  } catch {
    return undefined;
  }
}

const connections = new WeakMap<Registry, Connection>();

/** Makes the connection of a client available to `connectionOf()`. */
export function attachConnection(registry: Registry, connection: Connection): void {
  connections.set(registry, connection);
}

/** Returns the connection of the client that owns a registry. */
export function connectionOf(registry: Registry): Connection {
  const connection = connections.get(registry);
  if (connection !== undefined) return connection;
  throw new TypeError("expected the registry of a client");
}
