import { errorMessage } from "cloudtask/internal";
import { createHttpSender, type HttpSender, type TokenCache } from "cloudtask/internal/cli";
import { dateOf, failureOf, GoogleFailure } from "./google-failure.ts";

/** The APIs that are called, as in `https://SERVICE.googleapis.com`. */
export type GoogleService = "cloudtasks" | "cloudresourcemanager" | "iam" | "iamcredentials" | "oauth2" | "run";

/** A call of an API. */
export interface GoogleCall {
  readonly method?: "GET" | "POST" | "DELETE";
  /** The path with its query, after the host. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer to a call. */
export interface GoogleAnswer {
  readonly json: unknown;
  /** The time of the API: its header `Date`. */
  readonly date: Date | undefined;
}

const LIMIT_MS = 8_000;

/** Options of `GoogleApi`. */
export interface GoogleApiOptions {
  readonly env: NodeJS.ProcessEnv;
  /** The base URL of an emulator, which replaces Cloud Tasks. */
  readonly emulatorUrl: string | undefined;
  /** `undefined` for an emulator. */
  readonly tokens: TokenCache | undefined;
}

/** Calls Google's APIs, or the API of an emulator. */
export class GoogleApi {
  readonly #options: GoogleApiOptions;
  readonly #sender: HttpSender = createHttpSender({ proxy: true });

  constructor(options: GoogleApiOptions) {
    this.#options = options;
  }

  /** @throws GoogleFailure */
  async call(service: GoogleService, { method = "GET", path, body, headers = {} }: GoogleCall): Promise<GoogleAnswer> {
    const base = this.#baseOf(service);
    const { host } = new URL(base);
    const authorization = await this.#authorization();
    const response = await this.#sender
      .send({
        method,
        url: `${base}${path}`,
        headers: { "content-type": "application/json", ...authorization, ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(LIMIT_MS),
      })
      .catch((cause: Error) => {
        throw new GoogleFailure(`no answer from ${host} (${codeOf(cause)})`, { kind: "network" }, { cause });
      });
    const { status } = response;
    if (status < 200 || status >= 300) throw failureOf(host, response);
    return { json: parsed(response.body, host), date: dateOf(response.headers) };
  }

  close(): Promise<void> {
    return this.#sender.close();
  }

  /** gcloud reads the same variables. https://cloud.google.com/sdk/docs/properties#setting_properties_using_environment_variables */
  #baseOf(service: GoogleService): string {
    const { emulatorUrl, env } = this.#options;
    const override = env[`CLOUDSDK_API_ENDPOINT_OVERRIDES_${service.toUpperCase()}`]?.trim().replace(/\/+$/, "");
    return emulatorUrl ?? (override || `https://${service}.googleapis.com`);
  }

  async #authorization(): Promise<Record<string, string>> {
    const { tokens } = this.#options;
    if (tokens === undefined) return {};
    try {
      const { token, quotaProject } = await tokens.get();
      const quota = quotaProject === undefined ? {} : { "x-goog-user-project": quotaProject };
      return { authorization: `Bearer ${token}`, ...quota };
    } catch (cause) {
      throw new GoogleFailure(errorMessage(cause), { kind: "credentials" }, { cause });
    }
  }
}

function codeOf(cause: Error): string {
  if (cause.name === "TimeoutError") return `nothing within ${LIMIT_MS / 1_000} s`;
  return (cause as NodeJS.ErrnoException).code ?? cause.message;
}

function parsed(body: string, host: string): unknown {
  try {
    return body.trim() === "" ? {} : JSON.parse(body);
  } catch (cause) {
    throw new GoogleFailure(
      `the answer of ${host} is not JSON; is it the address of the API?`,
      { kind: "answer" },
      { cause },
    );
  }
}
