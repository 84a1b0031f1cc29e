import { createHttpSender } from "#http";
import { createTokenCache } from "../auth/cached-token.ts";
import { defaultToken } from "../auth/default-token.ts";
import { createMetadataServer, type MetadataServer } from "../auth/metadata.ts";
import { emulatorUrl } from "../core/emulator-url.ts";
import { environment } from "../core/environment.ts";
import { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import type { HttpSender } from "../core/http.ts";
import { LOCAL_LOCATION, LOCAL_PROJECT } from "../core/local.ts";
import { type Redact, redactor } from "../core/redact.ts";
import { type QueueAddress, queueName } from "../core/resource-name.ts";
import { withCircuit } from "../transport/circuit.ts";
import { createRestTransport } from "../transport/rest.ts";
import { realRuntime } from "../transport/retry.ts";
import type { Transport } from "../transport/transport.ts";
import type { ResolvedOptions } from "./resolve-options.ts";

/** A client's way to the API: its transport, and where its queues are. */
export class Connection {
  /** Sends requests that are not calls of the API: to the metadata server, and to the worker in eager mode. */
  readonly sender: HttpSender = createHttpSender();
  readonly transport: Transport;
  /** Takes the client's secrets out of what an answer says. */
  readonly redact: Redact;
  readonly #options: ResolvedOptions;
  readonly #metadata: MetadataServer;
  #place: Promise<Omit<QueueAddress, "queue">> | undefined;

  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.redact = redactor(options.secrets);
    this.#metadata = createMetadataServer(this.sender);
    this.transport = withCircuit(options.transport ?? this.#restTransport(), options.circuit, realRuntime.now);
  }

  /**
   * @param queue - the id of a queue
   * @returns its full name
   * @throws CloudTaskError with the code `CONFIGURATION_MISSING` where project or location cannot be found out
   */
  async queueName(queue: string): Promise<string> {
    // Not kept where it failed: the metadata server may answer next time.
    this.#place ??= this.#findPlace().catch((error: unknown) => {
      this.#place = undefined;
      throw error;
    });
    return queueName({ ...(await this.#place), queue });
  }

  /** Closes the transport and all connections. */
  async close(): Promise<void> {
    await Promise.all([this.transport.close(), this.sender.close()]);
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
