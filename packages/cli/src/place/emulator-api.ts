import { printableText } from "cloudtask/internal";
import { CommandFailure } from "../command-failure.ts";
import { EmulatorFailure } from "./emulator-failure.ts";

/** Calls the routes of an emulator that Google Cloud does not have. */
export class EmulatorApi {
  readonly url: URL;

  constructor(url: URL) {
    this.url = url;
  }

  /** Returns the JSON of `/inspect/…`. @throws CommandFailure if no emulator answers, or with the message of its answer */
  async get<Answer>(
    path: string,
    query: Readonly<Record<string, string | undefined>> = {},
    init: RequestInit = {},
  ): Promise<Answer> {
    const response = await this.open(path, query, init);
    return this.#json(response) as Promise<Answer>;
  }

  /** Changes the emulator with a call of `/control/…`, and returns the JSON of the answer. @throws CommandFailure as for `get` */
  async control(
    name: string,
    { method = "POST", body = {}, signal }: { method?: string; body?: object; signal?: AbortSignal } = {},
  ): Promise<unknown> {
    const content = method === "POST" ? { body: JSON.stringify(body) } : {};
    return this.get(`/control/${name}`, {}, { method, ...(signal && { signal }), ...content });
  }

  /** Returns the response of a route, whose body is not read yet. */
  async open(
    path: string,
    query: Readonly<Record<string, string | undefined>> = {},
    init: RequestInit = {},
  ): Promise<Response> {
    const url = new URL(path, this.url);
    for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, value);
    const response = await fetch(url, init).catch((error: Error) => this.#fail(error));
    if (response.ok) return response;
    const { error } = Object(await this.#json(response)) as { readonly error?: { readonly message?: unknown } };
    const message = printableText(String(error?.message ?? "no message"), 500);
    throw new EmulatorFailure(this.url.host, response.status, message);
  }

  async #json(response: Response): Promise<unknown> {
    try {
      return await response.json();
    } catch (cause) {
      throw new CommandFailure(
        `${this.url.host} did not answer as an emulator; set the address of the emulator with --emulator or CLOUD_TASKS_EMULATOR_HOST`,
        { cause },
      );
    }
  }

  #fail(cause: Error & { readonly cause?: unknown }): never {
    if (cause.name === "AbortError") throw cause;
    const { code } = Object(cause.cause) as { readonly code?: string };
    throw new CommandFailure(
      `no emulator answers at ${this.url.host} (${code ?? cause.message}); start one with "npx @cloudtask/cli emulator", or set its address with --emulator or CLOUD_TASKS_EMULATOR_HOST`,
      { cause },
    );
  }
}
